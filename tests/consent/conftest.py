"""Posted policies."""

from tests.posting import post, usimprints

__all__ = ["post", "usimprints"]

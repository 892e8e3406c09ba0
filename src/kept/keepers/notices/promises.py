"""What the notices keeper is able to do."""


def abilities() -> frozenset[str]:
    """People are told of a change, and what they agree to is noted."""
    return frozenset({"note agreement"})

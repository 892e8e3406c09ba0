"""The shop's catalogue: read once from `catalogue.toml`, frozen, checked as it is read.

Rules: an unknown word, a missing one or a price that is not a decimal is an error at start, not a
page with a hole in it; a slug is unique.
"""

from decimal import Decimal
from functools import cache
from pathlib import Path

import msgspec


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that can be ordered. `prices`: quantity -> US dollars a piece; `days`: working."""

    name: str
    art: str
    says: str
    print: str
    days: int
    prices: dict[int, Decimal]

    @property
    def drawing(self) -> str:
        """The template of its drawing."""
        return drawing(self.art)

    @property
    def least(self) -> int:
        """The smallest quantity."""
        return min(self.prices)

    @property
    def best(self) -> Decimal:
        """The lowest price, at the largest quantity."""
        return min(self.prices.values())


class Range(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One page of the catalogue."""

    slug: str
    name: str
    art: str
    lead: str
    about: str
    items: tuple[Item, ...]

    @property
    def drawing(self) -> str:
        """The template of its drawing."""
        return drawing(self.art)


class Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every range, in the order of the file."""

    ranges: tuple[Range, ...]


def drawing(name: str) -> str:
    """The template of the drawing called `name`."""
    return f"kept_site/art/{name}.svg"


@cache
def ranges() -> dict[str, Range]:
    """The ranges by slug. Raises `msgspec.ValidationError` or `ValueError` on a wrong file."""
    text = Path(__file__).with_name("catalogue.toml").read_bytes()
    read = msgspec.toml.decode(text, type=Catalogue, strict=False).ranges
    by_slug = {one.slug: one for one in read}
    if len(by_slug) != len(read):
        raise ValueError("catalogue.toml names a slug twice")
    return by_slug

"""The kinds of personal data: one file of rows, each mapped to its DPV term and its Fides key.

Rules: dotted from general to special (`contact.email`); a group covers all that begins with it;
only a leaf can be the category of a field, because only a leaf has a type of value.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal, TypeAlias, cast

ValueKind: TypeAlias = Literal[
    "group",
    "text",
    "longtext",
    "email",
    "phone",
    "url",
    "date",
    "number",
    "boolean",
    "file",
    "choice",
]


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of personal data."""

    key: str
    """Dotted: `contact.email`."""
    label: str
    """What people read, in running text: `email address`."""
    dpv: str
    """Its nearest term of the W3C Data Privacy Vocabulary: `pd:EmailAddress`."""
    fides: str
    """Its nearest key in the Fides taxonomy: `user.contact.email`."""
    kind: ValueKind
    """The type of its values and the widget of its form field; `group` has neither."""
    max_length: int
    """Longest value in characters, in bytes for a file; 0 for a group and where none applies."""
    yours: str
    """The same as its owner says it: `your email address`, `the pages you view`."""
    special: bool = False
    """Whether it needs more care (GDPR article 9, payment cards, passwords, children)."""


@cache
def categories() -> "MappingProxyType[str, Category]":
    """Every category by key, general before special."""
    rows = tomllib.loads(files("kept.policy").joinpath("taxonomy.toml").read_text("utf-8"))
    return MappingProxyType({key: _row(key, row) for key, row in rows.items()})


def _row(key: str, row: dict[str, object]) -> Category:
    kind = cast("ValueKind", row.get("kind", "group"))
    return Category(
        key=key,
        label=str(row["label"]),
        dpv=str(row["dpv"]),
        fides=str(row["fides"]),
        kind=kind,
        max_length=cast("int", row.get("max-length", 0)),
        yours=str(row.get("yours", f"your {row['label']}")),
        special=bool(row.get("special", False)),
    )


def category(key: str) -> Category:
    """The category named `key`. Raises `KeyError` for an unknown one."""
    return categories()[key]


def is_a(key: str, general: str) -> bool:
    """Whether `key` is `general` or falls under it; every category falls under `*`."""
    return general in ("*", key) or key.startswith(f"{general}.")


@cache
def leaves(general: str) -> tuple[str, ...]:
    """Every category with values of its own that falls under `general` (itself included)."""
    found = categories().items()
    return tuple(key for key, row in found if row.kind != "group" and is_a(key, general))

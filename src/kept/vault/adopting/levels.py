"""How far each model is adopted: declared, observed or sealed. What is below sealed is said so.

Rules: the lowest level of any of its personal columns is the model's; a model that keeps ids only
is told from one that nobody looked at; figures are counted, not remembered.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS

from kept.vault.adopting.linking import unlinked
from kept.vault.holdings import Holding, holdings


class Level(StrEnum):
    """From least to most."""

    DECLARED = "declared"
    """Stands in clear text; found, erased and checked."""
    OBSERVED = "observed"
    """As declared, and the gate's answers to reading it are noted."""
    SEALED = "sealed"
    """Stands sealed under its person's key; the gate decides."""
    IDS = "ids only"
    """Nothing personal but whose it is."""


@dataclass(frozen=True, slots=True)
class Adopted:
    """One model."""

    label: str
    name: str
    """As people call its rows: `inquiries`."""
    level: Level
    clear: tuple[str, ...]
    """Personal columns in clear text."""
    sealed: tuple[str, ...]
    """Sealed fields; `*` where each row names its own."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many rows there are, and of how many nobody is known."""

    rows: int
    nobodys: int


def levels() -> list[Adopted]:
    """Every model with rows about people, by label."""
    return [_adopted(holding) for _, holding in sorted(holdings().items())]


def below_sealed() -> list[Adopted]:
    """The models with personal columns in clear text."""
    return [one for one in levels() if one.clear]


def counted(label: str, *, using: str = DEFAULT_DB_ALIAS) -> Counted:
    """The rows of a model. Raises `KeyError` for one that is no holding."""
    holding = holdings()[label]
    model: Any = apps.get_model(label)
    rows = model._base_manager.using(using).count()
    nobodys = unlinked(holding, using=using).count() if holding.link == "pk" else 0
    return Counted(rows, nobodys)


def _adopted(holding: Holding) -> Adopted:
    model: Any = apps.get_model(holding.label)
    shape = getattr(model, "_kept_shape", None)
    sealed: tuple[str, ...] = ()
    if shape is not None:
        sealed = ("*",) if shape.open_fields else tuple(shape.fields)
    clear = tuple(holding.fields)
    name = str(model._meta.verbose_name_plural)
    return Adopted(holding.label, name, _level(holding, clear, sealed), clear, sealed)


def _level(holding: Holding, clear: tuple[str, ...], sealed: tuple[str, ...]) -> Level:
    if clear:
        return Level.OBSERVED if holding.observed else Level.DECLARED
    return Level.SEALED if sealed else Level.IDS

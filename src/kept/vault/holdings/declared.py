"""Declarations: what each model of each installed app keeps about people, or that it keeps nothing.

Rules: nothing is found by guessing. A model with a key to `Subject` is a holding by that key; any
other says so itself (`class Kept: subject = "order__subject"`) or that it is not personal, with the
reason; of a model of somebody else's, it is said from outside (`hold`, `not_personal`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Literal
from uuid import UUID

from django.apps import apps
from django.db import models

from kept.vault.errors import TWICE, MisconfiguredError
from kept.vault.models import Subject

OnErase = Literal["delete", "anonymise", "keep"]


@dataclass(frozen=True, slots=True)
class Holding:
    """A model with rows about people."""

    label: str
    """`shop.Order`."""
    subject: str
    """The way from a row to its subject's id, as the ORM writes it: `order__subject`."""
    erase: OnErase = "delete"
    """What an erasure does to the rows; one that is somebody else's too is anonymised instead."""
    columns: tuple[str, ...] = ()
    """Clear-text columns that `anonymise` empties."""
    reason: str = ""
    """Why rows are kept, where they are."""
    others: tuple[str, ...] = ()
    """Further ways, where a row is several people's."""

    @property
    def paths(self) -> tuple[str, ...]:
        """Every way from a row to a subject's id."""
        return (self.subject, *self.others)

    def of(self, subject: UUID) -> models.Q:
        """The rows that are about `subject`, by whatever way."""
        return reduce(or_, (models.Q(**{path: subject}) for path in self.paths))


@dataclass(frozen=True, slots=True)
class NotPersonal:
    """A model without anything about people."""

    label: str
    reason: str
    though: tuple[str, ...] = ()
    """Columns that sound personal and are not."""


Declaration = Holding | NotPersonal
_outside: dict[str, Declaration] = {}


def hold(
    label: str,
    *,
    subject: str | Sequence[str],
    erase: OnErase = "delete",
    columns: tuple[str, ...] = (),
    reason: str = "",
) -> None:
    """Declare a model of somebody else's, in an app's `ready()`. Raises V020 when done twice."""
    first, *others = [subject] if isinstance(subject, str) else subject
    _declare(Holding(label, first, erase, columns, reason, tuple(others)))


def not_personal(label: str, reason: str, *, though: tuple[str, ...] = ()) -> None:
    """Declare that a model of somebody else's holds nothing about people. Raises V020."""
    _declare(NotPersonal(label, reason, though))


def _declare(made: Declaration) -> None:
    if _outside.setdefault(made.label.lower(), made) != made:
        raise MisconfiguredError(TWICE, f"`{made.label}`")


def declaration(model: type[models.Model]) -> Declaration | None:
    """What is declared about a model: from outside, by itself, or by its key to the subject."""
    label = model._meta.label
    given = _outside.get(label.lower())
    if given is not None:
        return given
    said: Any = model.__dict__.get("Kept")
    reason = getattr(said, "not_personal", None)
    if reason is not None:
        return NotPersonal(label, reason, tuple(getattr(said, "though", ())))
    return _own_holding(model, said)


def _own_holding(model: type[models.Model], said: Any) -> Holding | None:
    given: str | Sequence[str] | None = getattr(said, "holds_by", None) or _key_to_subject(model)
    if given is None:
        return None
    first, *others = [given] if isinstance(given, str) else given
    return Holding(
        model._meta.label,
        first,
        getattr(said, "on_erase", "delete"),
        tuple(getattr(said, "columns", ())),
        getattr(said, "reason", ""),
        tuple(others),
    )


def _key_to_subject(model: type[models.Model]) -> str | None:
    if model is Subject:
        return "pk"
    keys = [
        field.name
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model is Subject
    ]
    return keys[0] if len(keys) == 1 else None


def all_models() -> list[type[models.Model]]:
    """Every stored model of every installed app, except what lives in another's table."""
    return [
        model
        for model in apps.get_models()
        if not model._meta.proxy and model._meta.managed and not model._meta.swapped
    ]


def holdings() -> Mapping[str, Holding]:
    """Every holding by label, children of stored models left to their parents."""
    found = {}
    for model in all_models():
        made = declaration(model)
        if isinstance(made, Holding) and not model._meta.parents:
            found[made.label] = made
    return found

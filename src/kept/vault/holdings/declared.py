"""Declarations: what each model of each installed app keeps about people, or that it keeps nothing.

Rules: nothing is found by guessing. A model with a key to `Subject` is a holding by that key; any
other says so itself (`class Kept: holds_by = "order__subject"`) or that it is not personal, with
the reason; of a model of somebody else's, it is said from outside (`hold`, `not_personal`), and
that counts before what we say of the framework's own. A model without a way to the subject is held
by link rows: by the column that identifies the person, or through another model that is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_
from types import MappingProxyType
from typing import Any, Literal
from uuid import UUID

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from kept.vault.errors import TWICE, MisconfiguredError
from kept.vault.holdings import links
from kept.vault.models import Subject

OnErase = Literal["delete", "anonymise", "keep"]


@dataclass(frozen=True, slots=True)
class Holding:
    """A model with rows about people."""

    label: str
    """`shop.Order`."""
    subject: str
    """The way from a row to its subject's id, as the ORM writes it: `order__subject`; nothing where
    there is none, but a link."""
    erase: OnErase = "delete"
    """What an erasure does to the rows; one that is somebody else's too is anonymised instead."""
    columns: tuple[str, ...] = ()
    """Clear-text columns that `anonymise` empties."""
    reason: str = ""
    """Why rows are kept, where they are."""
    others: tuple[str, ...] = ()
    """Further ways, where a row is several people's."""
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Clear-text columns with their categories."""
    collect: str = ""
    """The collection point that the clear-text columns came in by."""
    found_by: str = ""
    """The clear-text column that identifies the person."""
    link: str = ""
    """The way to the row whose link row says who it is about: `pk`, or a key such as `user`."""
    observed: bool = False
    """Whether the gate is asked, and only noted, when clear-text columns are read."""

    @property
    def paths(self) -> tuple[str, ...]:
        """Every way from a row to a subject's id."""
        return tuple(path for path in (self.subject, *self.others) if path)

    def of(self, subject: UUID) -> models.Q:
        """The rows that are about `subject`, by whatever way."""
        ways = [models.Q(**{path: subject}) for path in self.paths]
        if self.link:
            ways.append(links.linked(apps.get_model(self.label), subject, self.link))
        return reduce(or_, ways)


@dataclass(frozen=True, slots=True)
class NotPersonal:
    """A model without anything about people."""

    label: str
    reason: str
    though: tuple[str, ...] = ()
    """Columns that sound personal and are not."""


Declaration = Holding | NotPersonal
_outside: dict[str, Declaration] = {}
_found: tuple[Any, dict[str, Declaration], Mapping[str, Holding]] | None = None
"""What `holdings` found, and what it looked at."""
_by_default: dict[str, Declaration] = {}
_listeners: list[Callable[[Holding], None]] = []


def hold(
    label: str,
    *,
    subject: str | Sequence[str] = "",
    erase: OnErase = "delete",
    columns: tuple[str, ...] = (),
    reason: str = "",
    fields: Mapping[str, str] | None = None,
    collect: str = "",
    found_by: str = "",
    link: str = "",
    observe: bool = False,
) -> None:
    """Declare a model of somebody else's, in an app's `ready()`. Raises V020 when done twice.

    `subject` leads to the subject's id. Where nothing does: `found_by` is the column that
    identifies the person (its rows get link rows), or `link` leads to a row of such a model
    (`link="user"`). `fields` names the personal columns with their categories, `collect` their
    collection point; with `observe`, the gate is asked when they are read, and notes its answer.
    """
    first, *others = [subject] if isinstance(subject, str) else subject
    made = Holding(
        label, first, erase, columns, reason, tuple(others), dict(fields or {}), collect, found_by,
        link or ("pk" if found_by else ""), observe,
    )  # fmt: skip
    _declare(made)
    for listener in _listeners:
        listener(made)


def on_hold(listener: Callable[[Holding], None]) -> None:
    """Call `listener` for each model that is declared from outside, now and later."""
    _listeners.append(listener)
    for made in tuple(_outside.values()):
        if isinstance(made, Holding):
            listener(made)


def not_personal(label: str, reason: str, *, though: tuple[str, ...] = ()) -> None:
    """Declare that a model of somebody else's holds nothing about people. Raises V020."""
    _declare(NotPersonal(label, reason, though))


def by_default(label: str, reason: str, *, though: tuple[str, ...] = ()) -> None:
    """Declare a model of the framework's not personal, unless the host says otherwise."""
    _by_default[label.lower()] = NotPersonal(label, reason, though)


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
    if said is None and label.lower() in _by_default:
        return _by_default[label.lower()]
    reason = getattr(said, "not_personal", None)
    if reason is not None:
        return NotPersonal(label, reason, tuple(getattr(said, "though", ())))
    return _own_holding(model, said)


def _own_holding(model: type[models.Model], said: Any) -> Holding | None:
    given: str | Sequence[str] | None = getattr(said, "holds_by", None) or _key_to_subject(model)
    fields = dict(getattr(said, "fields", {}))
    found_by = getattr(said, "subject", "") if fields and not given else ""
    link = getattr(said, "link", "pk" if found_by else "")
    if given is None and not link:
        return None
    first, *others = [given or ""] if isinstance(given, str | None) else given
    made = Holding(
        model._meta.label,
        first,
        getattr(said, "on_erase", "delete"),
        tuple(getattr(said, "columns", ())),
        getattr(said, "reason", ""),
        tuple(others),
        fields,
        getattr(said, "collect", ""),
        found_by,
        link,
        bool(getattr(said, "observe", False)),
    )
    return _by_link(model, made)


def _by_link(model: type[models.Model], made: Holding) -> Holding:
    """`user__subject` where the host's users have no subject of their own, but link rows."""
    way, _, last = made.subject.rpartition("__")
    if not way or last != "subject":
        return made
    try:
        behind = links.model_behind(model, way)
    except (FieldDoesNotExist, AttributeError):
        return made  # the check of holdings tells
    if behind is None or any(one.name == "subject" for one in behind._meta.get_fields()):
        return made
    other = declaration(behind)
    linked = isinstance(other, Holding) and other.link == "pk"
    return replace(made, subject="", link=way) if linked else made


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
    """Every stored model of every installed app, except what lives in another's table.

    The table behind a many-to-many key is one where it names subjects; others go with their rows.
    """
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy
        and not model._meta.swapped
        and not (model._meta.auto_created and _key_to_subject(model) is None)
    ]


def is_part(model: type[models.Model]) -> bool:
    """Whether its rows are parts of a parent's rows, which are found and erased there."""
    parents: Any = model._meta.get_parent_list()
    return any(isinstance(declaration(one), Holding) for one in parents)


def holdings() -> Mapping[str, Holding]:
    """Every holding by label, children of stored models left to their parents.

    The same mapping as long as models and declarations are the same.
    """
    global _found  # noqa: PLW0603 - what Django's registry of models is, too
    models_now: Any = apps.get_models()  # the same list until a model is added or taken away
    if _found is None or _found[0] is not models_now or _found[1] != _outside:
        found = {}
        for model in all_models():
            made = declaration(model)
            if isinstance(made, Holding) and not is_part(model):
                found[made.label] = made
        _found = models_now, dict(_outside), MappingProxyType(found)
    return _found[2]

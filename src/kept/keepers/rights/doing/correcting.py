"""Correcting: what a person sees of theirs that can be changed, and changing it.

Rules (UI-16; GDPR Art. 16): everything collected is shown, each value under its clause; a field
that the clause calls fixed, one that somebody else wrote, and one that finds the person are shown
with the reason why they cannot be changed here; what is changed is recorded by category, never by
value; what the page did not show is never changed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.db import DatabaseError, transaction

from kept import gate, ledger, policy, promises, vault
from kept.keepers.forms.building import field_for
from kept.keepers.rights.models import Request, Words
from kept.keepers.rights.opening import opened
from kept.vault.fields import DynamicModel

MOST = 200
"""Values on one page; a person with more asks for a copy and tells us what is wrong."""
_FINDS = ("contact.email", "identity.username")
_FIXED = "It cannot be changed: our privacy policy says so."
_OURS = "We wrote this; it says what we said then."
_FINDER = "It is how we know you. In an account you can change it under “Email address”."
_RECORD = "It is the record of what you sent us; a correction of it is a new message."
_PUBLIC = "It is published. Take it back and write it anew, so that it is looked at again."
_SENT = "communication"


@dataclass(frozen=True, slots=True)
class Value:
    """One value as the page shows it; `why` it cannot be changed, empty where it can."""

    key: str
    """Stands for the row and the field; means nothing elsewhere."""
    label: str
    value: str
    why: str
    item: policy.prose.Item


@dataclass(frozen=True, slots=True)
class Group:
    """What came in at one time at one point."""

    heading: str
    values: tuple[Value, ...]


def groups(subject: UUID) -> list[Group]:
    """What can be seen here, the newest first; in the person's own scope."""
    found: list[Group] = []
    shown = 0
    for table in vault.everything(subject):
        if shown >= MOST:
            break
        if not _is_collected(table.rows.model):
            continue
        for row in table.rows.order_by("-since", "pk")[: MOST - shown]:
            group = _group(row)
            if group is not None:
                found.append(group)
                shown += len(group.values)
    return found


def form_for(groups: list[Group], data: Any = None) -> forms.Form:
    """The form of what can be changed."""
    current = promises.current().policy
    fields: dict[str, forms.Field] = {}
    for group in groups:
        for one in group.values:
            if not one.why:
                field = field_for(current.collect[one.key.split("|")[2]], one.item)
                field.initial, field.label = one.value, one.label
                fields[one.key] = field
    return type("CorrectionForm", (forms.Form,), fields)(data)


@dataclass(frozen=True, slots=True)
class Changed:
    """How many values differ now, and of which categories they are."""

    count: int
    categories: frozenset[str]


def change(request: Request, given: Mapping[str, Any]) -> Changed:
    """Store what differs. In the person's own scope."""
    assert request.subject_id is not None  # noqa: S101 - only what was verified is carried out
    wanted: dict[tuple[str, str], dict[str, str]] = {}
    for group in groups(request.subject_id):
        for one in group.values:
            text = "" if given.get(one.key) is None else str(given[one.key])
            if not one.why and one.key in given and text != one.value:
                label, pk, _point, name = one.key.split("|")
                wanted.setdefault((label, pk), {})[name] = text
    categories: set[str] = set()
    with transaction.atomic():
        for (label, pk), values in wanted.items():
            categories |= _store(request.subject_id, label, pk, values)
    return Changed(sum(map(len, wanted.values())), frozenset(categories))


@ledger.flow(ledger.Changed)
def _store(subject: UUID, label: str, pk: str, values: Mapping[str, str]) -> set[str]:
    table = next(one for one in vault.everything(subject) if one.holding.label == label)
    row = table.rows.get(pk=pk)
    categories: set[str] = set()
    for name, value in values.items():
        if isinstance(row, DynamicModel):
            category = row.category(name)
            row.put(name, category, value)
        else:
            category = row._kept_shape.categories[name]
            setattr(row, name, value)
        categories.add(category)
    row.save()
    point = row._kept_shape.point(row)
    ledger.record(
        ledger.Changed(point=point, categories=tuple(sorted(categories)), row=row.pk), subject
    )
    return categories


def _is_collected(model: Any) -> bool:
    return getattr(model, "_kept_shape", None) is not None and model is not Words


def _group(row: Any) -> Group | None:
    point = row._kept_shape.point(row)
    clause = promises.current().policy.collect.get(point)
    if clause is None:
        return None
    try:
        values = tuple(_values(row, clause, point))
    except DatabaseError:
        return None
    day = f" ({row.since.day} {row.since:%B %Y})" if row.since else ""
    return Group(f"When you {clause.says}{day}", values) if values else None


def _values(row: Any, clause: policy.Collection, point: str) -> Iterator[Value]:
    for name, category, value in opened(row):
        if name not in clause.fields or isinstance(value, gate.Sealed) or value in (None, ""):
            continue
        item = policy.prose.notice(promises.current().policy, point)
        known = next((one for one in item.what if one.field == name), None)
        label = known.label if known else clause.labels.get(name, name.replace("_", " "))
        made = known or policy.prose.Item(name, label, category, required=False, says="")
        key = f"{row._meta.label}|{row.pk}|{point}|{name}"
        yield Value(key, label, str(value), _why(clause, name, category), made)


def _why(clause: policy.Collection, name: str, category: str) -> str:
    if name in clause.fixed:
        return _FIXED
    if name not in clause.asked:
        return _OURS
    if category in _FINDS:
        return _FINDER
    if clause.public and name in clause.shown:
        return _PUBLIC
    if category.partition(".")[0] == _SENT:
        return _RECORD
    return ""

"""What a client sees and changes of their own: the profile, within the built-in `own-data`.

Rules (UI-16): the clause in force says which fields there are; a field that it calls `fixed` is
shown and never changed; address and password have their own ways; an emptied optional field is
gone; what is changed is recorded by category, never by value.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction

from kept import gate, ledger, policy, promises
from kept.keepers.accounts.models import Profile, User
from kept.keepers.accounts.registering import POINT
from kept.keepers.forms.building import field_for

_OWN_WAY = ("contact.email", "account.password")


def row_of(subject: UUID, point: str = POINT) -> Profile | None:
    """The row of what somebody gave at `point`."""
    return Profile.objects.filter(subject_id=subject, point=point).first()


def values_of(row: Profile | None) -> dict[str, Any]:
    """Its values, as far as the present scope opens them; withheld ones are left out."""
    if row is None:
        return {}
    opened = {name: row.open(name) for name in row.names()}
    return {name: one for name, one in opened.items() if not isinstance(one, gate.Sealed)}


def shown(values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Fixed fields as (label, value) pairs."""
    clause, items = _items()
    fixed = () if clause is None else clause.fixed
    return [(one.label, values.get(one.field, "")) for one in items if one.field in fixed]


def form_for(values: Mapping[str, Any], data: Any = None) -> forms.Form | None:
    """The form of what can be changed; None where the policy in force has no such clause."""
    clause, items = _items()
    if clause is None:
        return None
    fields = {one.field: field_for(clause, one) for one in items if one.field not in clause.fixed}
    made: type[forms.Form] = type("ProfileForm", (forms.Form,), dict(fields))
    initial = {name: values.get(name, "") for name in fields}
    return made(data, initial=initial)


def change(user: User, given: Mapping[str, Any]) -> bool:
    """Store what differs, in the person's own scope. False where nothing did."""
    clause, _ = _items()
    if clause is None:
        return False
    with transaction.atomic():
        Profile.objects.select_for_update().filter(subject_id=user.person, point=POINT).first()
        row = row_of(user.person) or Profile(point=POINT, subject_id=user.person)
        held = {} if row._state.adding else values_of(row)
        texts = {name: "" if value is None else str(value) for name, value in given.items()}
        new = {name: text for name, text in texts.items() if held.get(name, "") != text}
        if new:
            _store(row, clause, new)
    return bool(new)


@ledger.flow(ledger.Changed)
def _store(row: Profile, clause: policy.Collection, new: Mapping[str, str]) -> None:
    for name, value in new.items():
        row.put(name, clause.asked[name], value)
    row.save()
    categories = tuple(sorted({clause.asked[name] for name in new}))
    ledger.record(
        ledger.Changed(point=row.point, categories=categories, row=row.pk), row.subject_id
    )


def _items() -> tuple[policy.Collection | None, list[policy.prose.Item]]:
    current = promises.current().policy
    clause = current.collect.get(POINT)
    if clause is None:
        return None, []
    items = policy.prose.notice(current, POINT).what
    return clause, [one for one in items if one.category not in _OWN_WAY]

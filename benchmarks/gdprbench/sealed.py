"""The roles' operations on Kept: sealed, gated, recorded, all through the product's own face.

Who reads for the operator is staff, so that each opening is on record before the data is given;
customers act as themselves. Whatever is changed is recorded in the transaction that changes it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction

from benchmarks.gdprbench import schema
from benchmarks.gdprbench.models import Record
from benchmarks.gdprbench.oracle import WITHHELD
from kept import gate, ledger, vault

STAFF = gate.Actor("staff", "staff-1")
KINDS = ("Collected", "Changed", "Objected", "Removed")
"""The kinds of event that say what happened to records; openings are on record beside them."""
_CHUNK = 1_000


class Sealed:
    """Kept. `actor`: who reads for the operator."""

    def __init__(self, actor: gate.Actor = STAFF) -> None:
        self._actor = actor

    def load(self, numbers: range) -> None:
        """The records that are there at the start."""
        whose = {}
        for user in range(schema.USERS):
            person = vault.find_or_make("email", schema.address(user)).pk
            whose[user] = person
            objected = schema.objection(user)
            if objected is not None:
                vault.set_choices(person, object_to=[schema.purpose(objected)])
        for start in range(numbers.start, numbers.stop, _CHUNK):
            some = range(start, min(start + _CHUNK, numbers.stop))
            with transaction.atomic(), gate.purpose(gate.MAINTAIN):
                rows = [_row(schema.values(one), whose[one % schema.USERS]) for one in some]
                Record.objects.bulk_create(rows)
                ledger.record_many((_collected(row), row.subject_id) for row in rows)
        self.settle()

    def settle(self) -> None:
        """Into the log with what waits: another process does it all the time."""
        while ledger.sequence_once():
            pass

    def read_data_by_key(self, number: int, purpose: int) -> object:
        with gate.purpose(schema.purpose(purpose), actor=self._actor):
            row = Record.objects.filter(number=number).first()
            return None if row is None else _read(row)

    def read_data_by_purpose(self, purpose: int, start: int) -> object:
        found = Record.objects.filter(pur=purpose, number__gte=start)
        return self._group(schema.purpose(purpose), found)

    def read_data_by_objection(self, purpose: int, start: int) -> object:
        name = schema.purpose(purpose)
        allowed = vault.permitted(
            name, category=schema.CATEGORY, prefix="subject__", collected="collected"
        )
        return self._group(name, Record.objects.filter(allowed, pur=purpose, number__gte=start))

    def read_data_by_decision(self, decision: int, start: int) -> object:
        found = Record.objects.filter(dec=decision, number__gte=start)
        return self._group(schema.DECIDE, found)

    def _group(self, purpose: str, found: Any) -> list[object]:
        with gate.purpose(purpose, actor=self._actor):
            return [_read(row) for row in found.order_by("number")[: schema.READ]]

    def read_data_by_user(self, user: int) -> object:
        person = _find(user)
        if person is None:
            return []
        with _own(person):
            return [_read(row) for row in _of(person)]

    def read_metadata_by_key(self, number: int) -> object:
        row = Record.objects.filter(number=number).first()
        if row is None:
            return None
        with _own(row.subject_id):
            return _metadata(row)

    def update_data_by_key(self, number: int, text: str) -> object:
        with transaction.atomic():
            row = Record.objects.filter(number=number).first()
            if row is None:
                return 0
            with _own(row.subject_id):
                row.data = text
                row.save()
            ledger.record(_changed(row.pk), row.subject_id)
        return 1

    def update_metadata_by_key(self, number: int, purpose: int | None) -> object:
        row = Record.objects.filter(number=number).select_related("subject").first()
        if row is None:
            return 0
        new = [] if purpose is None else [schema.purpose(purpose)]
        with transaction.atomic():
            vault.set_choices(
                row.subject_id,
                object_to=new,
                stop_objecting=[one for one in _objections(row.subject.objected) if one not in new],
            )
            ledger.record(ledger.Objected(purposes=tuple(new)), row.subject_id)
        return 1

    def delete_by_key(self, number: int) -> object:
        return _delete(Record.objects.filter(number=number), 1)

    def create(self, number: int) -> object:
        made = schema.values(number)
        with transaction.atomic(), gate.purpose(gate.MAINTAIN):
            person = vault.find_or_make("email", schema.address(made.user))
            row = _row(made, person.pk)
            row.save()
            ledger.record(_collected(row), person.pk)
        return 1

    def delete_by_purpose(self, purpose: int, start: int) -> object:
        return _delete(Record.objects.filter(pur=purpose, number__gte=start), schema.DELETED)

    def delete_by_ttl(self, ttl: int, start: int) -> object:
        return _delete(Record.objects.filter(ttl=ttl, number__gte=start), schema.DELETED)

    def delete_by_user(self, user: int) -> object:
        person = _find(user)
        if person is None:
            return 0
        there = Record.objects.filter(subject=person).count()
        if not vault.erase(person).done:
            raise ValueError("not everything was reached")
        return there - Record.objects.filter(subject=person).count()

    def update_metadata_by_purpose(self, purpose: int, start: int, acl: int) -> object:
        found = Record.objects.filter(pur=purpose, number__gte=start)
        return _update(found, schema.CHANGED, acl=acl)

    def update_metadata_by_share(self, shr: int, start: int, acl: int) -> object:
        found = Record.objects.filter(shr=shr, number__gte=start)
        return _update(found, schema.CHANGED, acl=acl)

    def update_metadata_by_user(self, user: int, ttl: int) -> object:
        person = _find(user)
        return (
            0 if person is None else _update(Record.objects.filter(subject=person), None, ttl=ttl)
        )

    def read_metadata_by_user(self, user: int) -> object:
        person = _find(user)
        if person is None:
            return []
        with gate.purpose(schema.OVERSEE, actor=STAFF):
            return [_metadata(row) for row in _of(person)]

    def get_system_logs(self, user: int) -> object:
        person = _find(user)
        receipts = [] if person is None else ledger.receipts_about(person)
        kinds = (msgspec.json.decode(ledger.read_receipt(one).event)["kind"] for one in receipts)
        return dict(Counter(kind for kind in kinds if kind in KINDS))

    def verify_deletion(self, number: int) -> object:
        gone = not Record.objects.filter(number=number).exists()
        return gone, _find(number % schema.USERS) is not None


def _find(user: int) -> UUID | None:
    return vault.find("email", schema.address(user))


def _of(person: UUID) -> Any:
    return Record.objects.filter(subject=person).order_by("number")


def _own(person: UUID) -> Any:
    return gate.purpose(gate.OWN_DATA, actor=gate.Actor("subject", str(person)))


def _row(made: schema.Values, person: UUID) -> Record:
    return Record(
        number=made.number, subject_id=person, pur=made.pur, ttl=made.ttl, dec=made.dec,
        acl=made.acl, shr=made.shr, cat=made.cat, src=made.src, data=made.data,
    )  # fmt: skip


def _read(row: Any) -> tuple[int, str]:
    return row.number, WITHHELD if isinstance(row.data, gate.Sealed) else row.data


def _metadata(row: Any) -> tuple[object, ...]:
    return row.number, row.pur, row.ttl, row.dec, row.acl, row.shr, row.cat, row.src


def _objections(mask: int) -> list[str]:
    now, names = gate.in_force(), map(schema.purpose, range(schema.PURPOSES))
    return [name for name in names if mask & now.mask([name])]


def _collected(row: Any) -> ledger.Collected:
    categories = (schema.CATEGORY, schema.SOURCE)
    return ledger.Collected(point=schema.POINT, version=0, categories=categories, row=row.pk)


def _changed(row: UUID) -> ledger.Changed:
    return ledger.Changed(point=schema.POINT, categories=(schema.CATEGORY,), row=row)


def _removed(row: UUID) -> ledger.Removed:
    return ledger.Removed(point=schema.POINT, row=row)


def _group(found: Any, most: int | None) -> list[tuple[UUID, UUID]]:
    return list(found.order_by("number").values_list("pk", "subject_id")[:most])


def _delete(found: Any, most: int) -> int:
    with transaction.atomic():
        some = _group(found, most)
        Record.objects.filter(pk__in=_ids(some)).delete()
        _record(some, _removed)
    return len(some)


def _update(found: Any, most: int | None, **values: int) -> int:
    with transaction.atomic():
        some = _group(found, most)
        Record.objects.filter(pk__in=_ids(some)).update(**values)
        _record(some, _changed)
    return len(some)


def _ids(some: Iterable[tuple[UUID, UUID]]) -> list[UUID]:
    return [id for id, _ in some]


def _record(some: Sequence[tuple[UUID, UUID]], event: Callable[[UUID], "ledger.AnyEvent"]) -> None:
    ledger.record_many((event(id), person) for id, person in some)

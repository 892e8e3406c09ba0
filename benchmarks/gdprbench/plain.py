"""The baseline: the same operations on the same records in clear, in plain Django.

As a good engineer would do it who need not seal anything: same indices, an objection is a column
that is looked at, what is changed leaves a line in a plain log in the same transaction. Nothing is
recorded of what is read.
"""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count

from benchmarks.gdprbench import schema
from benchmarks.gdprbench.models import PlainLog, PlainRecord, PlainUser
from benchmarks.gdprbench.oracle import WITHHELD

_CHUNK = 1_000


class Plain:
    """Django with none of it."""

    def load(self, numbers: range) -> None:
        """The records that are there at the start."""
        everybody = [
            PlainUser(email=schema.address(user), objection=schema.objection(user))
            for user in range(schema.USERS)
        ]
        with transaction.atomic():
            PlainUser.objects.bulk_create(everybody, batch_size=_CHUNK)
        for start in range(numbers.start, numbers.stop, _CHUNK):
            some = range(start, min(start + _CHUNK, numbers.stop))
            with transaction.atomic():
                rows = [_row(schema.values(one), everybody[one % schema.USERS].pk) for one in some]
                PlainRecord.objects.bulk_create(rows)
                _note("Collected", [row.user_id for row in rows])

    def settle(self) -> None:
        """Nothing waits."""

    def read_data_by_key(self, number: int, purpose: int) -> object:
        row = PlainRecord.objects.filter(number=number).select_related("user").first()
        return None if row is None else _read(row, purpose)

    def read_data_by_purpose(self, purpose: int, start: int) -> object:
        return _group(PlainRecord.objects.filter(pur=purpose, number__gte=start), purpose)

    def read_data_by_objection(self, purpose: int, start: int) -> object:
        found = PlainRecord.objects.filter(pur=purpose, number__gte=start)
        return _group(found.exclude(user__objection=purpose), purpose)

    def read_data_by_decision(self, decision: int, start: int) -> object:
        found = PlainRecord.objects.filter(dec=decision, number__gte=start).order_by("number")
        return [(row.number, row.data) for row in found[: schema.READ]]

    def read_data_by_user(self, user: int) -> object:
        found = PlainRecord.objects.filter(user__email=schema.address(user)).order_by("number")
        return [(row.number, row.data) for row in found]

    def read_metadata_by_key(self, number: int) -> object:
        row = PlainRecord.objects.filter(number=number).first()
        return None if row is None else _metadata(row)

    def update_data_by_key(self, number: int, text: str) -> object:
        with transaction.atomic():
            row = PlainRecord.objects.filter(number=number).first()
            if row is None:
                return 0
            row.data = text
            row.save()
            _note("Changed", [row.user_id])
        return 1

    def update_metadata_by_key(self, number: int, purpose: int | None) -> object:
        row = PlainRecord.objects.filter(number=number).first()
        if row is None:
            return 0
        with transaction.atomic():
            PlainUser.objects.filter(pk=row.user_id).update(objection=purpose)
            _note("Objected", [row.user_id])
        return 1

    def delete_by_key(self, number: int) -> object:
        return _delete(PlainRecord.objects.filter(number=number), 1)

    def create(self, number: int) -> object:
        made = schema.values(number)
        with transaction.atomic():
            person, _ = PlainUser.objects.get_or_create(email=schema.address(made.user))
            _row(made, person.pk).save()
            _note("Collected", [person.pk])
        return 1

    def delete_by_purpose(self, purpose: int, start: int) -> object:
        return _delete(PlainRecord.objects.filter(pur=purpose, number__gte=start), schema.DELETED)

    def delete_by_ttl(self, ttl: int, start: int) -> object:
        return _delete(PlainRecord.objects.filter(ttl=ttl, number__gte=start), schema.DELETED)

    def delete_by_user(self, user: int) -> object:
        with transaction.atomic():
            person = PlainUser.objects.filter(email=schema.address(user)).first()
            if person is None:
                return 0
            gone, _ = PlainRecord.objects.filter(user=person).delete()
            PlainLog.objects.filter(user=person).delete()
            person.delete()
        return gone

    def update_metadata_by_purpose(self, purpose: int, start: int, acl: int) -> object:
        found = PlainRecord.objects.filter(pur=purpose, number__gte=start)
        return _update(found, schema.CHANGED, acl=acl)

    def update_metadata_by_share(self, shr: int, start: int, acl: int) -> object:
        found = PlainRecord.objects.filter(shr=shr, number__gte=start)
        return _update(found, schema.CHANGED, acl=acl)

    def update_metadata_by_user(self, user: int, ttl: int) -> object:
        found = PlainRecord.objects.filter(user__email=schema.address(user))
        return _update(found, None, ttl=ttl)

    def read_metadata_by_user(self, user: int) -> object:
        found = PlainRecord.objects.filter(user__email=schema.address(user)).order_by("number")
        return [_metadata(row) for row in found]

    def get_system_logs(self, user: int) -> object:
        lines = PlainLog.objects.filter(user__email=schema.address(user))
        return dict(lines.values_list("kind").annotate(Count("pk")).order_by())

    def verify_deletion(self, number: int) -> object:
        gone = not PlainRecord.objects.filter(number=number).exists()
        email = schema.address(number % schema.USERS)
        return gone, PlainUser.objects.filter(email=email).exists()


def _row(made: schema.Values, person: UUID) -> PlainRecord:
    return PlainRecord(
        number=made.number, user_id=person, pur=made.pur, ttl=made.ttl, dec=made.dec,
        acl=made.acl, shr=made.shr, cat=made.cat, src=made.src, data=made.data,
    )  # fmt: skip


def _read(row: Any, purpose: int) -> tuple[int, str]:
    return row.number, WITHHELD if row.user.objection == purpose else row.data


def _group(found: Any, purpose: int) -> list[object]:
    rows = found.select_related("user").order_by("number")[: schema.READ]
    return [_read(row, purpose) for row in rows]


def _metadata(row: Any) -> tuple[object, ...]:
    return row.number, row.pur, row.ttl, row.dec, row.acl, row.shr, row.cat, row.src


def _note(kind: str, people: list[UUID]) -> None:
    PlainLog.objects.bulk_create([PlainLog(user_id=one, kind=kind) for one in people])


def _some(found: Any, most: int | None) -> list[tuple[UUID, UUID]]:
    return list(found.order_by("number").values_list("pk", "user_id")[:most])


def _delete(found: Any, most: int) -> int:
    with transaction.atomic():
        some = _some(found, most)
        PlainRecord.objects.filter(pk__in=[id for id, _ in some]).delete()
        _note("Removed", [person for _, person in some])
    return len(some)


def _update(found: Any, most: int | None, **values: int) -> int:
    with transaction.atomic():
        some = _some(found, most)
        PlainRecord.objects.filter(pk__in=[id for id, _ in some]).update(**values)
        _note("Changed", [person for _, person in some])
    return len(some)

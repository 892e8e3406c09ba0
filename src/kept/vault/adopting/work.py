"""The rows that are being sealed or unsealed: read, compared, written, a batch at a time.

Rules: nothing is remembered about how far the work came; whether a row is done is seen by opening
its envelope and comparing every value with its clear column, so that a process killed anywhere
goes on where it was; a batch is one transaction under row locks; keys and identifiers are durable
before it ends; plain values leave this file for the clear columns of the same row only.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connections, models, transaction
from django.utils import timezone

from kept import gate
from kept._kit import clock
from kept._kit.ids import new_id
from kept.vault import codec
from kept.vault.adopting.owners import Owners
from kept.vault.adopting.waiting import stand_still
from kept.vault.errors import (
    NO_KEY,
    NOT_SEALABLE,
    NOT_THE_SAME,
    UNDECLARED,
    NoKeyError,
    NotStoredError,
    RefusedError,
)
from kept.vault.keystore import SubjectKey, keystore

BATCH = 500
Told = Callable[[int, int], None]


class Row(NamedTuple):
    """One row as it is stored now."""

    pk: Any
    bound: Any
    """The id that the envelope is bound to."""
    subject: UUID | None
    revision: int
    collected: int | None
    since: date | None
    envelope: bytes
    clear: tuple[Any, ...]
    """The clear columns, in the order of `Work.names`."""


@dataclass(frozen=True, slots=True)
class Work:
    """One model, half-way: its clear columns and its envelope are both there."""

    model: Any
    """A historical model with all the columns; its envelope is plain bytes."""
    names: tuple[str, ...]
    fields: Mapping[str, Any]
    """The sealed field of each name."""
    table: str
    """What envelopes are bound to."""
    collect: str | None
    found_by: str | None
    path: str
    """The way to the subject through another table, where there is one."""
    day: str
    """The column that says when a row was collected."""
    bound: str
    """Attribute of the id that envelopes are bound to."""
    using: str

    def rows(self) -> Any:
        """All rows, whatever managers the model has, in the order of the primary key."""
        return self.model._base_manager.using(self.using).order_by("pk")

    def batches(self, told: Told) -> Iterator[list[Any]]:
        """The primary keys of all rows, a batch at a time."""
        total, done, last = self.rows().count(), 0, None
        told(0, total)
        while True:
            rows = self.rows() if last is None else self.rows().filter(pk__gt=last)
            some = list(rows.values_list("pk", flat=True)[:BATCH])
            if not some:
                return
            yield some
            last, done = some[-1], done + len(some)
            told(done, max(done, total))

    def read(self, pks: Sequence[Any], *, lock: bool = False) -> list[Row]:
        """These rows as they are now; with `lock`, until the transaction ends."""
        rows = self.rows().filter(pk__in=pks)
        if lock and connections[self.using].features.has_select_for_update:
            rows = rows.select_for_update()
        fixed = ("pk", self.bound, "subject_id", "revision", "collected", "since", "sealed")
        return [
            Row._make((*one[:3], one[3] or 0, *one[4:6], bytes(one[6] or b""), tuple(one[7:])))
            for one in rows.values_list(*fixed, *self.names)
        ]

    def place(self, row: Row, revision: int) -> codec.Place:
        """Where the envelope of `row` belongs."""
        subject = row.subject or UUID(int=0)
        return codec.Place(self.table, row.bound, subject, revision)

    def opened(self, rows: Sequence[Row]) -> dict[Any, codec.Values]:
        """The sealed values of these rows by primary key; a row without an envelope has none.

        Raises `NoKeyError` where an erasure is not finished, `NotAuthenticError`.
        """
        keys = keystore().keys.fetch(
            list({codec.key_id(row.envelope, row.pk): None for row in rows if row.envelope})
        )
        return {row.pk: self._open(row, keys) for row in rows}

    def _open(self, row: Row, keys: Mapping[bytes, SubjectKey]) -> codec.Values:
        if not row.envelope:
            return {}
        key = keys.get(codec.key_id(row.envelope, row.pk))
        if key is None:
            raise NoKeyError(
                NO_KEY, "the key of this row is destroyed", place=f"{self.table} {row.pk}",
                do="finish the erasure (`kept vault finish`), then go on",
            )  # fmt: skip
        return codec.open(row.envelope, key, self.place(row, row.revision))

    def sealed_form(self, row: Row) -> codec.Values:
        """The clear columns of `row` as an envelope holds them."""
        pairs = zip(self.names, row.clear, strict=True)
        return {name: self.fields[name].to_sealed(value) for name, value in pairs}

    def is_done(self, row: Row, opened: codec.Values) -> bool:
        """Whether the envelope holds every clear column, exactly."""
        wanted = self.sealed_form(row)
        return bool(row.envelope) and all(
            name in opened and opened[name] == value and type(opened[name]) is type(value)
            for name, value in wanted.items()
        )

    def update(self, columns: Sequence[str], values: Sequence[Sequence[Any]]) -> None:
        """Write `columns` of many rows; each of `values` ends with the primary key."""
        connection = connections[self.using]
        meta, quote = self.model._meta, connection.ops.quote_name
        fields = [meta.get_field(name) for name in columns]
        sets = ", ".join(f"{quote(field.column)} = %s" for field in fields)
        sql = f"UPDATE {quote(meta.db_table)} SET {sets} WHERE {quote(meta.pk.column)} = %s"  # noqa: S608 - quoted names
        prepared = [
            [field.get_db_prep_save(value, connection) for field, value in
             zip((*fields, meta.pk), one, strict=True)]
            for one in values
        ]  # fmt: skip
        with connection.cursor() as cursor:
            cursor.executemany(sql, prepared)


def undone(work: Work, pks: Sequence[Any]) -> bool:
    """Whether one of these rows is not sealed, or not as its clear columns are now."""
    rows = work.read(pks)
    opened = work.opened(rows)
    return any(not work.is_done(row, opened[row.pk]) for row in rows)


def seal(work: Work, pks: Sequence[Any]) -> int:
    """Seal those of these rows that are not; how many. One transaction."""
    with transaction.atomic(using=work.using):
        stand_still(connections[work.using], work.model)
        rows = work.read(pks, lock=True)
        opened = work.opened(rows)
        left = [row for row in rows if not work.is_done(row, opened[row.pk])]
        if not left:
            return 0
        ordinal, policy = gate.in_force().in_force
        clause = policy.collect.get(work.collect or "")
        if clause is None:
            raise NotStoredError(
                UNDECLARED, f"the policy in force has no `[collect.{work.collect}]`",
                place=work.table,
            )  # fmt: skip
        owned = Owners(work.model, work.using, ordinal).of(
            [(row.pk, row.subject, _identifier(work, row)) for row in left],
            kind=work.fields[work.found_by].category if work.found_by else "",
            path=work.path,
        )
        people = {owner.bytes for owner in owned.values()}
        keys = keystore().keys.find_or_make_all(people, clause.keep.key_class)
        kept = keystore().keys.fetch(
            list({codec.key_id(row.envelope, row.pk): None for row in left if row.envelope})
        )
        days = _days(work, left)
        values = []
        for row in left:
            whole = row._replace(
                subject=owned[row.pk], bound=row.bound or new_id(),
                collected=ordinal if row.collected is None else row.collected,
                since=row.since or days.get(row.pk) or clock.today(),
            )  # fmt: skip
            key = (
                kept[codec.key_id(row.envelope, row.pk)]
                if row.envelope
                else keys[owned[row.pk].bytes]
            )
            values.append(_sealed(work, whole, opened[row.pk], key))
        columns = ["subject", "revision", "collected", "since", "sealed"]
        if work.bound != work.model._meta.pk.attname:
            columns.insert(0, work.bound)
        else:
            values = [one[1:] for one in values]
        work.update(columns, values)
        return len(left)


def _identifier(work: Work, row: Row) -> str:
    if not work.found_by or work.found_by not in work.names:
        return ""
    value = row.clear[work.names.index(work.found_by)]
    return "" if value is None else str(value)


def _sealed(work: Work, row: Row, opened: codec.Values, key: SubjectKey) -> list[Any]:
    new = work.sealed_form(row)
    for name, value in zip(work.names, row.clear, strict=True):
        _same(work, row, name, value, new[name])
    revision = row.revision + 1
    made = codec.seal({**opened, **new}, key, work.place(row, revision))
    return [row.bound, row.subject, revision, row.collected, row.since, made, row.pk]


def _same(work: Work, row: Row, name: str, clear: Any, sealed: Any) -> None:
    """Raise `RefusedError` V072 where the sealed form does not come back as the clear value."""
    field = work.fields[name]
    if isinstance(clear, datetime) and timezone.is_naive(clear):
        clear = timezone.make_aware(clear)
    back = field.from_sealed(sealed)
    text = isinstance(field, models.CharField | models.TextField)
    if back != clear or (text and clear is not None and not isinstance(clear, str)):
        raise RefusedError(
            NOT_THE_SAME,
            f"`{name}` holds a `{type(clear).__name__}`, which a `{type(field).__name__}` does not "
            "give back as it was",
            place=f"{work.table} {row.pk}",
        )


def _days(work: Work, rows: Sequence[Row]) -> dict[Any, date]:
    """The day on which each row was collected, as its own column says."""
    if not work.day:
        return {}
    pks = [row.pk for row in rows]
    found = work.rows().filter(pk__in=pks).values_list("pk", work.day)
    return {pk: _day(value) for pk, value in found if value is not None}


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        aware = value if timezone.is_aware(value) else timezone.make_aware(value)
        return aware.astimezone(clock.now().tzinfo).date()
    if isinstance(value, date):
        return value
    raise RefusedError(NOT_SEALABLE, f"a day cannot be read from a `{type(value).__name__}`")


def unopened(work: Work, pks: Sequence[Any]) -> bool:
    """Whether a clear column of one of these rows is not what its envelope holds."""
    rows = work.read(pks)
    opened = work.opened(rows)
    return any(_clear(work, opened[row.pk]) != row.clear for row in rows)


def unseal(work: Work, pks: Sequence[Any]) -> int:
    """Write the clear columns of those rows that lack them; how many. One transaction."""
    with transaction.atomic(using=work.using):
        stand_still(connections[work.using], work.model)
        rows = work.read(pks, lock=True)
        opened = work.opened(rows)
        left = [row for row in rows if _clear(work, opened[row.pk]) != row.clear]
        if left:
            work.update(work.names, [(*_clear(work, opened[row.pk]), row.pk) for row in left])
        return len(left)


def _clear(work: Work, opened: codec.Values) -> tuple[Any, ...]:
    """The values as the clear columns take them; the field's default where there is none."""
    found = []
    for name in work.names:
        field = work.fields[name]
        value = field.from_sealed(opened[name]) if name in opened else field.get_default()
        column: models.Field[Any, Any] = work.model._meta.get_field(name)
        if isinstance(value, datetime) and not settings.USE_TZ:
            value = timezone.make_naive(value)
        found.append(column.get_default() if value is None and not column.null else value)
    return tuple(found)

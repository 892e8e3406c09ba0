"""What the gate must know about subjects: read together with the rows that are opened or written.

Rules: a writer holds the subject's row until its transaction ends, so that an erasure comes before
or after it, never between; nobody but an `active` subject is written about; a row's base is the
later of the version it was collected under and the one agreed to.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connections

from kept import gate
from kept.vault import plain
from kept.vault.errors import NO_SUBJECT, NOT_ACTIVE, NotStoredError
from kept.vault.models import State, Subject

_COLUMNS = ("id", "state", "agreed", "consented", "objected", "restricted", "ceased")
_TABLE = Subject._meta.db_table
_CHOSEN = "agreed, consented, objected, restricted, ceased"
_READ = (
    f"SELECT {_CHOSEN}, {{all}} "  # noqa: S608 - constants
    f"FROM {_TABLE} WHERE state = 'active' AND id {{among}} GROUP BY {_CHOSEN}"
)
_JOINED = "encode(string_agg(uuid_send(id), ''), 'hex')"
_ID = 16
_BATCH = 5_000


class Choices(NamedTuple):
    """What tells one subject's decisions from another's: equal ones are decided once."""

    agreed: int | None
    consented: int
    objected: int
    restricted: bool
    ceased: bool


class Person(NamedTuple):
    """A subject's row, as far as the gate needs it."""

    id: UUID
    state: str
    agreed: int | None
    consented: int
    objected: int
    restricted: bool
    ceased: bool

    def facts(self, collected: int | None, *, own: bool) -> gate.Facts:
        """The facts about data that was `collected` under that ordinal."""
        return facts(Choices(*self[2:]), collected, own=own)


def facts(choices: Choices, collected: int | None, *, own: bool) -> gate.Facts:
    """The facts about data that was `collected` under that ordinal."""
    known = [ordinal for ordinal in (collected, choices.agreed) if ordinal is not None]
    return gate.Facts(
        base=max(known) if collected is not None else None,
        consented=choices.consented,
        objected=choices.objected,
        restricted=choices.restricted,
        ceased=choices.ceased,
        own=own,
    )


def read(subjects: Sequence[bytes], using: str) -> dict[bytes, Choices]:
    """The choices of the active ones of these subjects, by id, in one query for up to 5,000.

    In plain SQL: this stands in the way of every page, and most of the ORM's work is not needed.
    Equal choices are one row, with the ids of everyone who made them in one text.
    """
    if not subjects:
        return {}
    connection = connections[using]
    native = connection.features.has_native_uuid_field
    found: dict[bytes, Choices] = {}
    with connection.cursor() as cursor:
        for start in range(0, len(subjects), _BATCH):
            some = subjects[start : start + _BATCH]
            if native:  # PostgreSQL: one array costs less than many parameters
                whole = f"{{{','.join([one.hex() for one in some])}}}"
                cursor.execute(_READ.format(all=_JOINED, among="= ANY(%s::uuid[])"), [whole])
            else:
                among = f"IN ({', '.join(['%s'] * len(some))})"
                cursor.execute(
                    _READ.format(all="group_concat(id, '')", among=among),
                    [one.hex() for one in some],
                )
            for *same, ids in cursor.fetchall():
                everyone, chosen = bytes.fromhex(ids), _choices(*same)
                for at in range(0, len(everyone), _ID):
                    found[everyone[at : at + _ID]] = chosen
    return found


def _choices(
    agreed: int | None, consented: int, objected: int, restricted: Any, ceased: Any
) -> Choices:
    return Choices(agreed, consented, objected, bool(restricted), bool(ceased))


def lock(subject: UUID | None, using: str) -> Person:
    """The subject, held until the transaction ends. Raises `NotStoredError` V009 or V011."""
    if subject is None:
        raise NotStoredError(NO_SUBJECT, "sealed values need a subject")
    found = _locked(subject, ", ".join(_COLUMNS), using)
    if found is None:
        raise NotStoredError(NO_SUBJECT, f"there is no subject {subject}")
    _, state, agreed, consented, objected, restricted, ceased = found
    person = Person(
        subject, state, agreed, consented, objected,
        restricted=bool(restricted), ceased=bool(ceased),
    )  # fmt: skip
    if person.state != State.ACTIVE:
        raise NotStoredError(NOT_ACTIVE, f"the subject is {person.state}")
    return person


def lock_state(subject: UUID, using: str) -> str | None:
    """The subject's state, held until the transaction ends; None where there is no subject."""
    found = _locked(subject, "state", using)
    return None if found is None else str(found[0])


def _locked(subject: UUID, columns: str, using: str) -> plain.Row | None:
    read = f"SELECT {columns} FROM {_TABLE} WHERE id = %s"  # noqa: S608 - constants
    if connections[using].features.has_select_for_update:
        read += " FOR NO KEY UPDATE"
    else:
        # SQLite locks the whole file; a write comes first so that it waits instead of failing.
        plain.change(using, f"UPDATE {_TABLE} SET state = state WHERE id = %s", [subject])  # noqa: S608 - as above
    found = plain.rows(using, read, [subject])
    return found[0] if found else None

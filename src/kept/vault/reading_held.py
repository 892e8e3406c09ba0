"""Reading what a hold keeps, also of a person who was erased: for the reason of the hold only.

Rules: nothing is given while the hold does not stand, or for a category that its clause does not
cover, though it may lie in the same row; what is given is recorded before any of it, with who
asked; of an erased person the record can name nobody any more.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS

from kept import ledger
from kept.vault import files, moving, placing
from kept.vault.errors import NO_HOLD, RefusedError
from kept.vault.keystore import SubjectKey, keystore
from kept.vault.keystore.sparing import class_of
from kept.vault.models import SealedFile, State, Subject
from kept.vault.placing import Standing


@dataclass(frozen=True, slots=True)
class HeldRow:
    """What is covered of one row."""

    label: str
    pk: str
    values: Mapping[str, Any]
    """By name, in the form in which they are stored."""


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A file that is covered."""

    pk: UUID
    name: str
    media_type: str
    parts: Iterator[bytes]


Held = HeldRow | HeldFile


def held_data(hold: UUID, by: str, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[Held]:
    """What stands under the key of `hold`. `by`: the random id of the account that reads.

    Raises `RefusedError` V041 for a hold that does not stand.
    """
    standing = next((one for one in placing.all_holds() if one.id == hold), None)
    if standing is None:
        raise RefusedError(NO_HOLD, f"no hold `{hold}` stands")
    return _of_hold(standing, by, using)


def _of_hold(hold: Standing, by: str, using: str) -> Iterator[Held]:
    key = keystore().keys.find(hold.subject, class_of(hold.id))
    if key is not None:
        asked = Asked(f"holds.{hold.reason}", by)
        yield from given(hold.subject, key, hold.covers, asked, using)


class Asked(NamedTuple):
    """What is recorded of who reads."""

    purpose: str
    by: str
    """The random id of the account."""
    statute: str | None = None


def given(
    subject: UUID, key: SubjectKey, covers: Callable[[str], bool], asked: Asked, using: str
) -> Iterator[Held]:
    """What stands under one key, of the categories that are covered; recorded before any of it."""
    there = moving.categories_of(subject, {key.id: key}, using)
    rows = SealedFile.objects.using(using).filter(subject=subject)
    found = [row for row in rows if files.key_of(row.pk) == key.id and covers(row.category)]
    shown = {one for one in there if covers(one)} | {row.category for row in found}
    active = Subject.objects.using(using).filter(pk=subject, state=State.ACTIVE).exists()
    ledger.record_now(
        ledger.Opened(
            purpose=asked.purpose, actor="staff", by=asked.by, categories=tuple(sorted(shown)),
            statute=asked.statute,
        ),
        subject if active else None,
    )  # fmt: skip
    for label, pk, values in moving.values_under(subject, key, covers, using):
        yield HeldRow(label, pk, values)
    for row in found:
        about, parts = files.read(row.pk, key)
        yield HeldFile(row.pk, about.name, about.media_type, parts)

"""Erasing a subject: decided in the data, destroyed in the key store, noted in the data, purged.

T1 the subject's state becomes `erasing`, the journal and the ledger say so. T2 the keys and
identifiers are deleted and journalled, in the key store. T3 the ledger records that it was done.
Then the rows go. Rules: each step is durable before the next and none stands in a caller's
transaction; each may be done again after a crash (`finish`), and twice at once; keys of statutory
classes and what they seal stay, nothing is sealed again; one table that fails does not stop the
others; rows reached are counted against rows expected.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import F

from kept import ledger
from kept.vault import people
from kept.vault.errors import NO_SUBJECT, NotStoredError
from kept.vault.keystore import keystore
from kept.vault.models import Erasure, State, Subject
from kept.vault.purging import count, purge_all

STATUTORY = "statutory-"
"""Keep classes that begin so outlive an erasure, because a law says so."""


@dataclass(frozen=True, slots=True)
class Erased:
    """How far an erasure came."""

    subject: UUID
    keys: int
    expected: int
    reached: int
    failed: tuple[str, ...] = ()
    """Tables whose rows could not be purged; `finish` tries again."""

    @property
    def done(self) -> bool:
        """True where every row that was expected was reached."""
        return not self.failed and self.expected == self.reached


def erase(subject: UUID, *, using: str = DEFAULT_DB_ALIAS) -> Erased:
    """Erase at once, rows included.

    Raises `NotStoredError` V011 for an unknown subject, `RuntimeError` inside a transaction.
    """
    erase_keys(subject, using=using)
    return purge(subject, using=using)


def erase_keys(subject: UUID, *, using: str = DEFAULT_DB_ALIAS) -> int:
    """T1 to T3: from here on nobody can read anything of the subject. How many keys there were.

    Takes the same time whatever the number of rows; `purge` removes those.
    """
    decide(subject, using)
    keys = destroy(subject)
    note_destroyed(subject, keys, using)
    return keys


def decide(subject: UUID, using: str) -> None:
    """T1. Whoever writes about the subject comes before this or is refused."""
    with transaction.atomic(using=using, durable=True):
        state = people.lock_state(subject, using)
        if state is None:
            raise NotStoredError(NO_SUBJECT, f"there is no subject {subject}")
        if state != State.ACTIVE:
            return
        Subject.objects.using(using).filter(pk=subject).update(state=State.ERASING)
        Erasure.objects.using(using).get_or_create(subject=subject)
        ledger.record(ledger.Erased(state="decided"), subject, using)


def destroy(subject: UUID) -> int:
    """T2. Keys of statutory classes are spared."""
    return keystore().keys.destroy(subject, spare=_spared(subject).values())


def note_destroyed(subject: UUID, keys: int, using: str) -> None:
    """T3. Choices go with the keys; what the purge must reach is counted now."""
    expected = count(subject, list(_spared(subject)), using)
    with transaction.atomic(using=using, durable=True):
        open_one = Erasure.objects.using(using).filter(subject=subject, keys=None)
        if not open_one.update(keys=keys, expected=expected):
            return
        Subject.objects.using(using).filter(pk=subject).update(
            state=State.ERASED, consented=0, objected=0, agreed=None
        )
        ledger.record(ledger.KeyDestroyed(keys=keys), None, using)


def purge(subject: UUID, *, using: str = DEFAULT_DB_ALIAS) -> Erased:
    """Remove the rows whose keys are destroyed, in batches of their own transactions."""
    spared = list(_spared(subject))
    _expect(subject, spared, using)
    failed = purge_all(subject, spared, using, _Reached(subject, using))
    ledger.forget(subject)
    with transaction.atomic(using=using, durable=True):
        found = Erasure.objects.using(using).filter(subject=subject)
        row = found.get()
        if not failed and found.filter(purged=False).update(purged=True):
            ledger.record(
                ledger.Erased(state="purged", expected=row.expected, reached=row.reached),
                None,
                using,
            )
    return Erased(subject, row.keys or 0, row.expected, row.reached, failed)


def finish(*, using: str = DEFAULT_DB_ALIAS) -> Iterator[Erased]:
    """Finish every erasure that was decided and is not whole: after a crash, at every start."""
    for subject in open_erasures(using=using):
        yield erase(subject, using=using)


def open_erasures(*, using: str = DEFAULT_DB_ALIAS) -> list[UUID]:
    """The subjects whose erasure was decided and is not whole yet."""
    return list(Erasure.objects.using(using).filter(purged=False).values_list("subject", flat=True))


def _expect(subject: UUID, spared: Collection[bytes], using: str) -> None:
    """What was reached and what is there now is the least to expect: a table may have come back.

    Under a lock of the journal's row, as another purge counts what it reaches there.
    """
    row = Erasure.objects.using(using).filter(subject=subject, purged=False)
    with transaction.atomic(using=using, durable=True):
        if row.update(keys=F("keys")):
            there = F("reached") + count(subject, spared, using)
            row.filter(expected__lt=there).update(expected=there)


class _Reached:
    """Counts purged rows, in the transaction that purges them."""

    def __init__(self, subject: UUID, using: str) -> None:
        self._subject, self._using = subject, using

    def __call__(self, rows: int) -> None:
        Erasure.objects.using(self._using).filter(subject=self._subject).update(
            reached=F("reached") + rows
        )


def _spared(subject: UUID) -> dict[bytes, str]:
    """The keys that outlive the erasure: id and class."""
    found = keystore().keys.classes_of(subject)
    return {id: keep for id, keep in found.items() if keep.startswith(STATUTORY)}

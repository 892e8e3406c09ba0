"""Erasing a subject: decided in the data, destroyed in the key store, noted in the data, purged.

T1 the subject's state becomes `erasing`, the journal and the ledger say so. T2 the keys and
identifiers are deleted and journalled, in the key store. T3 the ledger records that it was done.
Then the rows go. Rules: each step is durable before the next and none stands in a caller's
transaction; each may be done again after a crash (`finish`), and twice at once; keys of statutory
classes and of holds stay with what they seal, nothing is sealed again, and what remains is told;
subjects that were merged into one another go together; one table that fails does not stop the
others; rows reached are counted against rows expected.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, transaction

from kept import ledger
from kept._kit import clock
from kept.vault import mergers, people, placing, plain
from kept.vault.errors import NO_SUBJECT, NotStoredError
from kept.vault.keystore import keystore
from kept.vault.models import Erasure, State, Subject
from kept.vault.purging import Known, Reached, count, purge_all, what_is_known
from kept.vault.remains import Remains, remaining
from kept.vault.staying import Spared
from kept.vault.staying import spared as what_is_spared

_SUBJECTS, _JOURNAL = Subject._meta.db_table, Erasure._meta.db_table
_ERASING = f"UPDATE {_SUBJECTS} SET state = %s WHERE id = %s"  # noqa: S608 - constants, here and below
_ERASED = (
    f"UPDATE {_SUBJECTS} SET state = %s, consented = 0, objected = 0, agreed = NULL WHERE id = %s"  # noqa: S608
)
_DECIDED = (
    f"INSERT INTO {_JOURNAL} (subject, decided, expected, reached, purged) "  # noqa: S608
    "VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"
)
_LOCKED = f"UPDATE {_JOURNAL} SET keys = keys WHERE subject = %s"  # noqa: S608
_OPEN = f"{_LOCKED} AND NOT purged"
_EXPECTED = (
    f"UPDATE {_JOURNAL} SET expected = reached + %s "  # noqa: S608
    "WHERE subject = %s AND purged = %s AND expected < reached + %s"
)
_REACHED = f"UPDATE {_JOURNAL} SET reached = reached + %s WHERE subject = %s"  # noqa: S608
_COUNTED = f"SELECT keys, expected, reached FROM {_JOURNAL} WHERE subject = %s"  # noqa: S608
_PURGED = f"UPDATE {_JOURNAL} SET purged = %s WHERE subject = %s AND purged = %s"  # noqa: S608
_DESTROYED = f"UPDATE {_JOURNAL} SET keys = %s WHERE subject = %s AND keys IS NULL"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Erased:
    """How far an erasure came."""

    subject: UUID
    keys: int
    expected: int
    reached: int
    failed: tuple[str, ...] = ()
    """Tables whose rows could not be purged; `finish` tries again."""
    remains: tuple[Remains, ...] = ()
    """What a law or a hold keeps, why and until when."""

    @property
    def done(self) -> bool:
        """True where every row that was expected was reached."""
        return not self.failed and self.expected == self.reached


def erase(subject: UUID, *, using: str = DEFAULT_DB_ALIAS) -> Erased:
    """Erase at once, rows included; whoever was merged with `subject` is the same person.

    Raises `NotStoredError` V011 for an unknown subject, `RuntimeError` inside a transaction.
    """
    person = mergers.survivor(subject, using)
    erase_keys(person, using=using)
    for one in mergers.sources_of(person, using):
        purge(one, using=using)
    return purge(person, using=using)


def erase_keys(subject: UUID, *, using: str = DEFAULT_DB_ALIAS) -> int:
    """T1 to T3: from here on nobody can read anything of the subject. How many keys there were.

    Takes the same time whatever the number of rows; `purge` removes those.
    """
    person = mergers.survivor(subject, using)
    decide(person, using)
    gone = 0
    for one in (*mergers.sources_of(person, using), person):
        keys = destroy(one)
        note_destroyed(one, keys, using)
        gone += keys
    return gone


def decide(subject: UUID, using: str) -> None:
    """T1. Whoever writes about the subject comes before this or is refused.

    A hold that is being placed is placed first, a merger finished: nothing is sealed again later.
    """
    while not _decided(subject, using):
        try:
            mergers.settle(subject, using)
            placing.settle(subject, using)
        except NotStoredError:  # another erasure was first
            if not _decided(subject, using):
                raise


def _decided(subject: UUID, using: str) -> bool:
    with transaction.atomic(using=using, durable=True):
        state = people.lock_state(subject, using)
        if state is None:
            raise NotStoredError(NO_SUBJECT, f"there is no subject {subject}")
        if state not in (State.ACTIVE, State.MERGED):
            return True
        if not (placing.are_settled(subject, using) and mergers.are_settled(subject, using)):
            return False
        _begin(subject, using)
        return True


@ledger.flow(ledger.Erased, own_transactions=True)
def _begin(subject: UUID, using: str) -> None:
    for one in (*mergers.sources_of(subject, using), subject):
        plain.change(using, _ERASING, [State.ERASING.value, one])
        plain.change(using, _DECIDED, [one, clock.today().isoformat(), 0, 0, False])
    ledger.record(ledger.Erased(state="decided"), subject, using)


def destroy(subject: UUID) -> int:
    """T2. Keys of statutory classes and of holds are spared."""
    return keystore().keys.erase(subject)


def note_destroyed(subject: UUID, keys: int, using: str) -> None:
    """T3. Choices go with the keys; what the purge must reach is counted when it begins."""
    with transaction.atomic(using=using, durable=True):
        if plain.change(using, _DESTROYED, [keys, subject]):
            _gone(subject, keys, using)


@ledger.flow(ledger.KeyDestroyed, own_transactions=True)
def _gone(subject: UUID, keys: int, using: str) -> None:
    plain.change(using, _ERASED, [State.ERASED.value, subject])
    ledger.record(ledger.KeyDestroyed(keys=keys), None, using)


def purge(subject: UUID, *, using: str = DEFAULT_DB_ALIAS) -> Erased:
    """Remove the rows whose keys are destroyed, in batches of their own transactions."""
    spared = what_is_spared(subject)
    known = _expect(subject, spared, using)
    failed = purge_all(subject, spared, using, _reached(subject, using), known)
    ledger.forget(subject)
    with transaction.atomic(using=using, durable=True):
        plain.change(using, _LOCKED, [subject])
        keys, expected, reached = plain.rows(using, _COUNTED, [subject])[0]
        # A hold that ended meanwhile left rows to a purge that has to come again.
        same = what_is_spared(subject) == spared
        if not failed and same and plain.change(using, _PURGED, [True, subject, False]):
            _whole(expected, reached, using)
    left = remaining(subject, using=using)
    return Erased(subject, keys or 0, expected, reached, failed, left)


@ledger.flow(ledger.Erased, own_transactions=True)
def _whole(expected: int, reached: int, using: str) -> None:
    purged = ledger.Erased(state="purged", expected=expected, reached=reached)
    ledger.record(purged, None, using)


def finish(*, using: str = DEFAULT_DB_ALIAS) -> Iterator[Erased]:
    """Finish every erasure that was decided and is not whole: after a crash, at every start."""
    for subject in open_erasures(using=using):
        yield erase(subject, using=using)


def open_erasures(*, using: str = DEFAULT_DB_ALIAS) -> list[UUID]:
    """The subjects whose erasure was decided and is not whole yet."""
    return list(Erasure.objects.using(using).filter(purged=False).values_list("subject", flat=True))


def _expect(subject: UUID, spared: Spared, using: str) -> Known:
    """What was reached and what is there now is the least to expect: a table may have come back.

    All of it, what is known included, is looked up under a lock of the journal's row: another purge
    counts there what it reaches, and rows counted before the lock would count once more.
    """
    with transaction.atomic(using=using, durable=True):
        is_open = plain.change(using, _OPEN, [subject])
        known = what_is_known(subject, spared, using)
        if is_open:
            there = count(subject, spared, using, known)
            plain.change(using, _EXPECTED, [there, subject, False, there])
    return known


def _reached(subject: UUID, using: str) -> Reached:
    return Reached(
        lock=lambda: plain.change(using, _LOCKED, [subject]),
        add=lambda rows: plain.change(using, _REACHED, [rows, subject]) if rows else None,
    )

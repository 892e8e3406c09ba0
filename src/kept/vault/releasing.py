"""Ending a hold, lifted or run out: the erasure that it held up then finishes by itself.

What another hold covers, too, is handed on to it first. Then the journal notes the end and, where
the person was erased meanwhile, destroys the hold's key in the same transaction; then the data and
the ledger; then the rest of the rows goes. Rules: each step may be done again after a crash
(`sweep`); a hold ends with the day after its last one; of a person who is not erased nothing
changes but that the hold's key no longer outlives an erasure.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, transaction

from kept import ledger
from kept._kit import clock
from kept.vault import erasing, people, placing
from kept.vault.errors import NO_HOLD, NotStoredError, RefusedError
from kept.vault.keystore import holds as noted
from kept.vault.keystore import keystore
from kept.vault.keystore.holds import HoldEntry
from kept.vault.models import Erasure, Hold, State


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did."""

    placed: int
    """Holds that were half placed."""
    ended: int
    erasures: int
    """Erasures that went on because of it."""


def lift_hold(hold: UUID, by: str, *, using: str = DEFAULT_DB_ALIAS) -> erasing.Erased | None:
    """End a hold before its day; what came of the erasure that it held up, if there was one.

    `by`: the random id of the account that says so. Raises `RefusedError` V041 for a hold that does
    not stand, `RuntimeError` inside a transaction.
    """
    entry = next((one for one in noted.standing(keystore().database) if one.hold == hold), None)
    if entry is None:
        raise RefusedError(NO_HOLD, f"no hold `{hold}` stands")
    return end(entry, by, using)


def end(entry: HoldEntry, by: str, using: str) -> erasing.Erased | None:
    """All steps; also to be called again after a crash."""
    placing.hand_on(entry, using)
    forget_key(entry)
    if not note_ended(entry, by, using):
        return None
    return erasing.purge(entry.subject, using=using)


def forget_key(entry: HoldEntry) -> int:
    """Step 1, in the key store: nothing is spared any more; how many keys went."""
    return noted.release(keystore().database, entry)


def note_ended(entry: HoldEntry, by: str, using: str) -> bool:
    """Step 2, in the data. True where an erasure has to go on."""
    with transaction.atomic(using=using, durable=True):
        state = people.lock_state(entry.subject, using)
        row, _ = Hold.objects.using(using).get_or_create(
            id=entry.hold,
            defaults={
                "subject": entry.subject,
                "reason": entry.reason,
                "by": entry.by,
                "until": entry.until,
                "sealed": True,
            },
        )
        if row.released is None:
            row.released = clock.today()
            row.save(using=using, update_fields=["released"])
            event = ledger.Held(hold=entry.reason, state="released", by=by)
            ledger.record(event, entry.subject if state == State.ACTIVE else None, using)
            Erasure.objects.using(using).filter(subject=entry.subject).update(purged=False)
        return Erasure.objects.using(using).filter(subject=entry.subject, purged=False).exists()


def sweep(*, using: str = DEFAULT_DB_ALIAS) -> Swept:
    """End what ran out, finish what a crash left half placed or half ended. By the clock.

    Raises what stopped it, after everything else was done.
    """
    database, today = keystore().database, clock.today()
    placed = ended = erasures = 0
    for entry in noted.standing(database):
        if entry.until < today:
            erasures += end(entry, "system", using) is not None
            ended += 1
        elif not _is_sealed(entry, using):
            placed += _placed(entry, using)
    for entry in noted.ended(database):
        if Hold.objects.using(using).filter(id=entry.hold, released=None).exists():
            erasures += end(entry, "system", using) is not None
            ended += 1
    return Swept(placed, ended, erasures)


def _is_sealed(entry: HoldEntry, using: str) -> bool:
    return Hold.objects.using(using).filter(id=entry.hold, sealed=True).exists()


def _placed(entry: HoldEntry, using: str) -> bool:
    """Finish placing; of somebody who was erased meanwhile nothing more can be covered."""
    try:
        placing.keep(entry, using)
        placing.seal(entry, using)
    except NotStoredError:
        Hold.objects.using(using).filter(id=entry.hold).update(sealed=True)
        return False
    return True

"""What the vault does by the clock: finish erasures, rotate the master key, back up, try backups.

Rules: each may be cut off anywhere and goes on where it stopped; the key is replaced a day before
the policy's period is over, so that a night that was missed does not break it; what cannot be done
without the operator fails, so that it is seen.
"""

from datetime import time, timedelta

from kept import schedule
from kept._kit.errors import KeptError, code
from kept.conf import settings
from kept.vault import backups, erasing, files, mergers, releasing, rotating
from kept.vault.keystore import journal, keystore

NOT_GOOD = code(
    "V060", "The newest backups would not bring everyone back", do="make new ones: `kept backup`"
)
BY_HAND = code(
    "V061", "Old master keys have to be destroyed by hand", do="remove them from their provider"
)
PARTLY = code("V062", "Erasures are not whole", do="see `kept vault finish`")

_DAY = timedelta(days=1)


def register() -> None:
    """Register the vault's jobs; once, when the apps are ready."""
    schedule.register(
        "erasures.finish", timedelta(minutes=5), finish_erasures,
        says="Finishes erasures that a crash or a locked table left half done.",
    )  # fmt: skip
    schedule.register(
        "holds.sweep", timedelta(hours=1), sweep_holds,
        says="Ends holds whose time is over; finishes holds and mergers that a crash left.",
    )  # fmt: skip
    schedule.register(
        "journal.write", write_often, write_journal,
        says="Writes the survival journal to the place that is configured for it.",
    )  # fmt: skip
    schedule.register(
        "files.sweep", _DAY, sweep_files, at=time(1),
        says="Removes sealed files whose row was never written.",
    )  # fmt: skip
    schedule.register(
        "keys.rotate", _DAY, rotate_when_due, at=time(2),
        says="Replaces the master key as often as the policy says.",
    )  # fmt: skip
    schedule.register(
        "backup.make", _DAY, back_up, at=time(3),
        says="Backs up the data and, apart from it, the key store; verifies both.",
    )  # fmt: skip
    schedule.register(
        "backup.try", timedelta(days=7), try_backup, at=time(4),
        says="Restores the newest backups into a scratch place and checks them.",
    )  # fmt: skip


def finish_erasures() -> str:
    """Finish every erasure that was decided. Raises `KeptError` V062 where one is still not whole.

    GDPR article 17: without undue delay.
    """
    done = list(erasing.finish())
    left = sum(not one.done for one in done)
    if left:
        raise KeptError(PARTLY, f"`{left}` of `{len(done)}` erasures are not whole")
    return f"{len(done)} finished" if done else ""


def sweep_holds() -> str:
    """End holds that ran out; finish placing, ending and merging. Raises what stopped it."""
    merged, done = mergers.finish(), releasing.sweep()
    return f"{done.ended} ended, {done.placed} placed, {merged} mergers finished"


def write_often() -> timedelta | None:
    """How often the journal is written; None where no place is configured."""
    return timedelta(minutes=5) if settings().journal else None


def write_journal() -> str:
    """Write the survival journal where it changed since it was written. Raises V044, `OSError`."""
    place = settings().journal
    now, _ = journal.extent(keystore().database)
    if place is None or backups.journal_position(place) == now:
        return ""
    return f"{backups.write_journal(place)} lines"


def sweep_files() -> str:
    """Remove files without a row, and what moving files left behind."""
    return f"{files.sweep() + files.sweep_drafts()} removed"


def rotate_when_due() -> str:
    """Replace the master key where the policy asks for it or a rotation was cut off.

    Raises `KeptError` V061 where the provider of master keys leaves destroying to the operator.
    """
    if not rotating.is_due(within=_DAY):
        return f"the master key is {rotating.master_age().days} days old"
    done = rotating.rotate_master(backups.key_store)
    if done.by_hand:
        raise KeptError(BY_HAND, f"versions `{', '.join(map(str, done.by_hand))}`")
    gone = len(done.destroyed)
    return f"master key {done.master} is in use, {gone} old destroyed: copy SECRET away again"


def back_up() -> str:
    """Back up data and keys. Raises `KeptError` V030 to V033, V037."""
    data, keys = backups.data(), backups.key_store()
    return f"{data.rows} rows and {data.parts} files, {keys.rows} keys, verified"


def try_backup() -> str:
    """Restore the newest backups for a test. Raises `KeptError` V060 where they are not good."""
    tried = backups.try_newest()
    if not tried.good:
        first = tried.problems[0]
        raise KeptError(NOT_GOOD, f"`{len(tried.problems)}` problems, the first: {first}")
    return f"{tried.rows} rows restored, {tried.opened} of the sample open, {tried.keys} keys open"

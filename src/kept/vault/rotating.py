"""The site's master key, replaced on schedule and recorded.

Rules: `keystore.rotation` does it; the ledger is told once the old master is destroyed, as only
then is what was deleted out of reach; a master older than the policy's residue days is overdue.
"""

from collections.abc import Callable
from datetime import timedelta

from kept import gate, ledger
from kept._kit import clock
from kept.conf import settings
from kept.vault.keystore import Rotation, keystore, rotate, unfinished, verify


def rotate_master(
    backup: Callable[[], object], *, progress: Callable[[int, int], None] | None = None
) -> Rotation:
    """Replace the master key. `backup` makes and verifies a backup of the key store, or raises.

    May be called again after a crash: it goes on where it stopped.
    """
    store = keystore()
    done = rotate(store, backup) if progress is None else rotate(store, backup, progress=progress)
    if done.destroyed:
        _destroyed(done)
    return done


@ledger.flow(ledger.Rotated, own_transactions=True)
def _destroyed(done: Rotation) -> None:
    ledger.record_now(ledger.Rotated(key="master", generation=done.master), None)


def master_age() -> timedelta:
    """How old the current master key is, in whole days."""
    _, made = keystore().master()
    return clock.today() - made


def master_in_words() -> str:
    """The master key in use, since when, and what that means for a copy kept elsewhere."""
    version, made = keystore().master()
    day = f"{made.day} {made:%B %Y}"
    if settings().master_key == "file":
        copy = f"a copy of `{settings().secret.name}`"
    else:
        copy = "a copy of the environment's master key"
    since = f"master key {version}, in use since {day}"
    if version == 1:
        return f"{since}; rotation by the clock replaces it: then {copy} has to be made anew"
    return (
        f"{since}: {copy} from before opens no backup of keys made since;"
        " make it anew, and destroy the old one"
    )


def is_due(*, within: timedelta = timedelta(0)) -> bool:
    """Whether the policy asks for a new master key now, or `within` that time.

    Also True while an old master key is still there: a rotation was cut off.
    """
    _, made = keystore().master()
    over = gate.in_force().in_force[1].erasure.rotation.after(made)
    return unfinished(keystore()) or clock.today() + within >= over


def verify_keys() -> int:
    """Unwrap every key with the current master; how many. Raises where one does not open."""
    return verify(keystore())

"""Restoring: verified, placed, reconciled with the journal, and only then open to be served.

Steps: verify everything; bring keys back (`--keys`); take into the journal what a copy of it kept
apart and the present data know; put the copy in its place; bring tables and policy up to date;
reconcile; record. Rules: from the first change to the last step a marker stands in the data root,
and no process gets a key; every step may be done again, so that a restore killed anywhere is
finished by running it again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import msgspec
from django.db import DatabaseError, connections

from kept import ledger
from kept._kit import canonical
from kept._kit.errors import KeptError
from kept.conf import settings
from kept.vault import releasing
from kept.vault.backups import manifest, merging, places, placing, reconciling, survival
from kept.vault.backups.errors import FAILED, NOT_WHOLE
from kept.vault.backups.making import quiet
from kept.vault.backups.manifest import Manifest, Told
from kept.vault.backups.reconciling import Withdraw, withdraw_only
from kept.vault.errors import UNFINISHED
from kept.vault.keystore import KeyStore, during_restore, journal, keystore
from kept.vault.keystore.start import RESTORE
from kept.vault.models import State, Subject

Step = Callable[[], object]


class Marker(msgspec.Struct):
    """What a restore that is under way has to know when it is run again."""

    data: str
    new_keys: bool
    """The key store was lost: its journal since the key backup is gone with it."""
    placing: bool = False
    """The present data is being replaced: nothing more is to be learned from it."""
    unread: str = ""
    """Why the data that was there before could not be asked."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a restore came to."""

    made: str
    """When the data's backup was made; empty where only keys came back."""
    people: int
    """Active people who are in the data now."""
    keys: int
    """Keys that came back."""
    erased_again: int
    rows_purged: int
    denied_again: int
    """Withdrawals, objections and restrictions that the older data did not have."""
    optional_denied: int
    """People for whom every optional purpose is denied, because the journal has a gap."""
    corrections_reverted: int
    """At most: corrections recorded on the backup's day or later."""
    events_lost: int
    """Recorded events that came after the backup: their data is gone."""
    unread: str
    """Why the data that was there before could not be asked; empty where it was."""
    merged_again: int = 0
    """People who had come back as two."""
    holds: int = 0
    """Holds that were placed again or ended, because the older data did not know of it."""
    suppressions_lost: int = 0
    """Suppressions in the journal kept apart that no key store can read any more."""


@dataclass(frozen=True, slots=True)
class _Returned:
    """What was put in place."""

    made: Manifest | None
    keys: int
    with_keys: bool
    unusable: int


def restore(
    data: Path | None,
    keys: Path | None,
    *,
    prepare: Step = lambda: None,
    withdraw: Withdraw = withdraw_only,
    retain: Sequence[Step] = (),
    told: Told = quiet,
) -> Report:
    """Restore the backups in these folders.

    `prepare` brings tables and policy up to date once the data is there; `withdraw` ends consents;
    `retain` is what retention there is, run before anything is served.
    Raises `KeptError` V004, V031, V033, V035 to V037; nothing is changed where a backup is not
    whole, or no master key opens it.
    """
    with places.alone(settings().backups), during_restore(new=keys is not None) as store:
        made = _verified(data, "data", told)
        if _verified(keys, "keys", told) and keys:
            merging.require_masters(keys, store)
        marker = _begin(store, data, keys)
        added = merging.merge(keys, store, told, new=marker.new_keys) if keys else 0
        kept_apart = settings().journal
        unusable = 0
        if kept_apart is not None and kept_apart.exists():
            unusable = survival.take(kept_apart).unusable
        if data and made:
            _replace(marker, data, made, told)
        prepare()
        returned = _Returned(made, added, keys is not None, unusable)
        return _finish(marker, returned, withdraw, retain)


def _verified(folder: Path | None, kind: str, told: Told) -> Manifest | None:
    if folder is None:
        return None
    made, _ = manifest.read(folder)
    if made.kind != kind:
        raise KeptError(
            NOT_WHOLE, f"it is a backup of {made.kind}, not of {kind}", place=str(folder)
        )
    manifest.require_whole(folder, made, told)
    return made


def _begin(store: KeyStore, data: Path | None, keys: Path | None) -> Marker:
    before = _read()
    if before and before.placing and data is None:
        raise KeptError(UNFINISHED, f"the data of `{before.data}` is half in place")
    fresh = merging.is_new(store)
    if fresh and keys is None and not before:
        raise KeptError(FAILED, "the key store is empty", do="give its backup, too: `--keys DIR`")
    new = before.new_keys if before else fresh
    marker = Marker(str(data or ""), new, bool(before and before.placing))
    if data and not keys:
        manifest.require_ours(data)
    _write(marker)
    return marker


def _replace(marker: Marker, folder: Path, made: Manifest, told: Told) -> None:
    try:
        manifest.require_ours(folder)
    except KeptError:
        if not marker.placing:
            _path().unlink()  # nothing of the data was touched
        raise
    if not marker.placing:
        marker.unread = _ask_present_data()
        marker.placing = True
        _write(marker)
    placing.place(folder, made, told)


def _ask_present_data() -> str:
    """Take over what only the present data knows; why that was not possible, else ""."""
    try:
        reconciling.gather()
        while not placing.ledger_is_lost() and ledger.sequence_once():
            pass
    except (DatabaseError, KeptError) as error:
        return str(error)
    finally:
        connections.close_all()
    return ""


@ledger.flow(ledger.RestoredFrom, own_transactions=True)
def _finish(
    marker: Marker, returned: _Returned, withdraw: Withdraw, retain: Sequence[Step]
) -> Report:
    made = returned.made
    position, _ = journal.extent(keystore().database)
    reconciling.holds()
    back, rows = reconciling.erasures()
    merged = reconciling.mergings()
    again = reconciling.denials(withdraw)
    held = releasing.sweep()
    gap = made is not None and (marker.new_keys or position < made.position)
    denied = reconciling.deny_optional() if gap else 0
    for step in retain:
        step()
    changed = ledger.kinds_since(_day(made)).get("Changed", 0) if made else 0
    lost = ledger.note_restored("data") if made else 0
    if returned.with_keys:
        ledger.note_restored("keys")
    report = Report(
        made=made.made if made else "",
        people=Subject.objects.filter(state=State.ACTIVE).count(),
        keys=returned.keys,
        erased_again=back,
        rows_purged=rows,
        denied_again=again,
        optional_denied=denied,
        corrections_reverted=changed,
        events_lost=lost,
        unread=marker.unread,
        merged_again=merged,
        holds=held.placed + held.ended,
        suppressions_lost=returned.unusable,
    )
    _path().unlink()
    places.sync(_path().parent)
    return report


def _day(made: Manifest) -> date:
    return datetime.fromisoformat(made.made).date()


def _path() -> Path:
    return settings().data / RESTORE


def _read() -> Marker | None:
    try:
        return msgspec.convert(canonical.loads(_path().read_bytes()), Marker)
    except FileNotFoundError:
        return None


def _write(marker: Marker) -> None:
    path = _path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.restoring")
    draft.write_bytes(canonical.dumps(msgspec.to_builtins(marker)))
    places.sync(draft)
    draft.replace(path)
    places.sync(path.parent)

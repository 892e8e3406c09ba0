"""How care for data at rest is proven: erasures, keys, backups, the record, who may look.

Rules (UI-10, UI-12, UI-19): an erasure that is not whole after a day is broken; so is a key that
was to be destroyed and opens, a master key older than the policy lets it be, a backup that is too
old or missing, a test restore that is overdue, a finding in the record, a console that opens for a
stranger. What has not been due yet is not broken and not proven either.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from django.conf import settings as django_settings

from kept import ledger, schedule, vault
from kept._kit import clock
from kept.conf import settings
from kept.policy import Period
from kept.promises import visiting
from kept.promises.evidence import Evidence, Figures, broken, kept, unproven
from kept.promises.needs import care
from kept.promises.promise import Promise
from kept.promises.proving import check, once
from kept.promises.slices import CARRIES, Walk, since_day
from kept.vault import backups
from kept.vault.models import Erasure, State, Subject

ERASURE: Final = "erasure"
BACKUPS: Final = "backups"
ABILITIES: Final = (
    ERASURE,
    BACKUPS,
    care("sealing"),
    care("key rotation"),
    care("backups"),
    care("test restores"),
    care("access control"),
    care("tamper evidence"),
)

_HALF_DONE = timedelta(days=1)
_NIGHT = timedelta(hours=36)
"""How old the newest backup may be: one night, and half a day for a machine that was off."""
_WEEK = timedelta(days=8)
_NEWEST = 500
"""Of those erased, the newest that each round looks at beside its slice."""
_HOUR = timedelta(hours=1)


@check(ERASURE, _HOUR, carries=CARRIES)
def erased_is_erased(promise: Promise, carried: Figures) -> Evidence:
    """No erasure is half done, no key of an erased person is left, the master key is young."""
    late = clock.today() - _HALF_DONE
    half = Erasure.objects.filter(purged=False, decided__lt=late).count()
    walk = Walk(carried)
    readable = _readable(walk)
    age = vault.master_age().days
    figures = {
        **walk.figures,
        "half done": half,
        "keys left": readable,
        "days since the master key was replaced": age,
    }
    if half:
        return broken(f"{half} erasures are not whole; see `kept vault finish`", figures)
    if readable:
        return broken(f"{readable} keys of erased people are still there", figures)
    if promise.policy.erasure.residue.after(clock.today() - timedelta(days=age)) < clock.today():
        return broken("the master key is older than the residue: `kept vault rotate`", figures)
    says = "every erasure is whole, and what disks still hold cannot be opened"
    return kept(says, figures, walk.carry)


def _readable(walk: Walk) -> int:
    """Keys of erased people that no law or hold spares."""
    newest = Subject.objects.filter(state=State.ERASED).order_by("-since")
    erased = set(newest.values_list("pk", flat=True)[:_NEWEST])
    for people in walk.of(Subject):
        erased |= set(people.filter(state=State.ERASED).values_list("pk", flat=True))
    return vault.key_store().keys.unspared(erased)


@check(BACKUPS, _HOUR)
def old_backups_are_gone(promise: Promise, _carried: Figures) -> Evidence:
    """No copy is older than the policy lets it be."""
    keep = promise.policy.backups.keep
    over = [one for one in backups.inventory() if _over(keep, one)]
    figures = {"copies": len(backups.inventory()), "too old": len(over)}
    if over:
        return broken(f"{len(over)} copies should have been deleted", figures)
    return kept("no copy is older than the policy says", figures)


def _over(keep: Period, copy: backups.Copy) -> bool:
    return keep.after_moment(copy.made) + _NIGHT < clock.now()


@check(care("sealing"), carries=CARRIES)
def rows_are_sealed(_promise: Promise, carried: Figures) -> Evidence:
    """Every sealed row holds an envelope and nothing else."""
    walk = Walk(carried)
    bare = tables = 0
    for model, shape in vault.sealed_tables():
        tables += 1
        for rows in walk.of(model, since_day):
            column = rows.values_list(shape.envelope, flat=True).iterator()
            bare += sum(bool(raw) and not vault.is_envelope(bytes(raw)) for raw in column)
    figures = {"tables": tables, **walk.figures, "not sealed": bare}
    if bare:
        return broken(f"{bare} rows are not sealed", figures)
    return kept("what is stored is sealed", figures, walk.carry)


@check(care("key rotation"), _HOUR)
def master_key_is_young(promise: Promise, _carried: Figures) -> Evidence:
    """The master key was replaced as often as the policy says, and no old one is left over."""
    age = vault.master_age()
    figures = {"days since the master key was replaced": age.days}
    if promise.policy.erasure.rotation.after(clock.today() - age) < clock.today():
        return broken("replacing the master key is overdue: `kept vault rotate`", figures)
    return kept("the master key is as young as the policy says", figures)


@check(care("backups"), _HOUR)
def newest_backup_is_young(_promise: Promise, _carried: Figures) -> Evidence:
    """Data and key store were backed up since last night, each apart from the other."""
    kinds = {"data": None, "keys": None} | {one.kind: one.made for one in backups.inventory()}
    figures = {
        f"hours since the last backup of the {kind}": round((clock.now() - made) / _HOUR, 1)
        for kind, made in kinds.items()
        if made is not None
    }
    missing = [kind for kind, made in kinds.items() if made is None]
    if missing:
        return _not_yet("backup.make", f"there is no backup of the {missing[0]}", figures)
    if any(hours > _NIGHT / _HOUR for hours in figures.values()):
        return broken("the newest backup is too old: `kept schedule list` says why", figures)
    return kept("data and keys were backed up in the last night", figures)


@check(care("test restores"), _HOUR)
def backup_was_tried(_promise: Promise, _carried: Figures) -> Evidence:
    """The newest backups were restored for a test within the week, and everyone came back."""
    job = _job("backup.try")
    if job is None or job.succeeded is None:
        return _not_yet("backup.try", "no backup was restored for a test yet", {})
    figures = {"days since the last test restore": (clock.now() - job.succeeded).days}
    if job.failures:
        return broken(f"the last test restore failed: {job.error}", figures)
    if clock.now() - job.succeeded > _WEEK:
        return broken("the last test restore is too long ago", figures)
    return kept(f"the last test restore brought everyone back: {job.told}", figures)


def _not_yet(name: str, says: str, figures: Figures) -> Evidence:
    """A job not due yet proves nothing; one that failed, is late or was undone is broken."""
    job = _job(name)
    if job is not None and (job.failures or job.late or job.succeeded):
        done = f"it was there on {job.succeeded:%d %B %Y}" if job.succeeded else "it did not run"
        return broken(f"{says}: {job.error or done}", figures)
    return unproven(f"{says}; `kept schedule run {name}` does it now", figures)


def _job(name: str) -> schedule.State | None:
    found = once("scheduled jobs", lambda: {one.name: one for one in schedule.states()})
    return found.get(name)


@check(care("tamper evidence"), _HOUR)
def record_is_whole(_promise: Promise, _carried: Figures) -> Evidence:
    """What was recorded stands as it was; every look since the start found nothing changed."""
    report = ledger.check_at_start()
    ledger.keep_findings(report)
    status = ledger.status()
    figures = {"events": status.events, "findings": len(status.findings)}
    if status.findings:
        return broken(f"the record was changed: {status.findings[0]}", figures)
    return kept("the record stands as it was written", figures)


@check(care("access control"))
def doors_are_shut(_promise: Promise, _carried: Figures) -> Evidence:
    """The console opens for no stranger, and sessions are out of others' reach."""
    figures = {"doors tried": len(_PAGES_OF_STAFF)}
    for page in _PAGES_OF_STAFF:
        answer = visiting.ask(page)
        if answer.status_code not in _SHUT:
            return broken(f"`{page}` answers {answer.status_code} to a stranger", figures)
    loose = [name for name, need in _SETTINGS.items() if need() != getattr(django_settings, name)]
    if loose:
        return broken(f"the setting `{loose[0]}` opens sessions to others", figures)
    return kept("strangers see nothing, and sessions are out of others' reach", figures)


_PAGES_OF_STAFF = ("/console/", "/console/inbox/", "/mailbox/")
_SHUT = frozenset({HTTPStatus.FOUND, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})
_SETTINGS: Mapping[str, Callable[[], bool]] = {
    "SESSION_COOKIE_HTTPONLY": lambda: True,
    "SESSION_COOKIE_SECURE": lambda: settings().production,
}

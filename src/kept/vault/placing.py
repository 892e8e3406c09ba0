"""Holds: a legal reason of the policy's `[holds]` that keeps some data from erasure, with an end.

Placing: the journal notes it in the key store, then the data and the ledger, then every row and
file with something that it covers moves to a key of the hold's own. From then on an erasure
destroys the other keys and seals nothing again. Rules: each step may be done again after a crash,
and an erasure that comes in between finishes placing first; whole rows are held, as a row is one
envelope; what is under a statutory key, or under a hold that lasts longer, stays there; what comes
in later is not covered. Clear text moves nowhere: an erasure leaves it while the hold stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, transaction

from kept import gate, ledger
from kept._kit import clock
from kept._kit.ids import new_id
from kept.policy import Policy
from kept.vault import moving, people
from kept.vault.errors import HOLD, NO_SUBJECT, NOT_ACTIVE, NotStoredError, RefusedError
from kept.vault.keystore import SubjectKey, keystore
from kept.vault.keystore import holds as noted
from kept.vault.keystore.holds import HoldEntry
from kept.vault.keystore.sparing import STATUTORY, class_of, hold_of
from kept.vault.models import Erasure, Hold, State, Subject


@dataclass(frozen=True, slots=True)
class Standing:
    """A hold that stands on a subject's data."""

    id: UUID
    subject: UUID
    reason: str
    """Its clause: `[holds.<reason>]`."""
    categories: tuple[str, ...]
    """What it can cover; `*` is anything."""
    until: date
    """The last day on which it holds."""
    by: str

    @property
    def held(self) -> gate.Held:
        """The same for the gate, which says no to erasing under it."""
        return gate.Held(self.reason, self.categories, self.until)

    def covers(self, category: str) -> bool:
        """Whether data of this category is held."""
        return any(gate.covers(one, category) for one in self.categories)


def place_hold(
    subject: UUID, reason: str, until: date, by: str, *, using: str = DEFAULT_DB_ALIAS
) -> Standing:
    """Keep what `[holds.<reason>]` covers of what is held about `subject` up to and with `until`.

    `by`: the random id of the account that says so. Raises `RefusedError` V040, `NotStoredError`
    V009 or V011, `RuntimeError` inside a transaction.
    """
    _require(reason, until, gate.in_force().in_force[1])
    _require_active(subject, using)
    entry = HoldEntry(subject, new_id(), until, reason, by)
    note(entry)
    try:
        keep(entry, using, active=True)
        seal(entry, using)
    except NotStoredError:  # it was being erased meanwhile: there is nothing to hold
        _take_back(entry, using)
        raise
    return standing_of(entry)


def _take_back(entry: HoldEntry, using: str) -> None:
    """Let it never have stood; a purge that meanwhile left clear text because of it goes on."""
    row, _ = Hold.objects.using(using).get_or_create(
        id=entry.hold, defaults={**_columns(entry), "sealed": True}
    )
    noted.release(keystore().database, entry)  # what a crash leaves from here, the sweep ends
    with transaction.atomic(using=using):
        row.released = clock.today()
        row.save(using=using, update_fields=["released"])
        Erasure.objects.using(using).filter(subject=entry.subject).update(purged=False)


def _columns(entry: HoldEntry) -> dict[str, Any]:
    return {
        "subject": entry.subject,
        "reason": entry.reason,
        "by": entry.by,
        "until": entry.until,
    }


def holds(subject: UUID) -> tuple[Standing, ...]:
    """The holds that stand on a subject's data, the one that ends first before the others."""
    return tuple(standing_of(one) for one in noted.standing(keystore().database, subject))


def all_holds() -> tuple[Standing, ...]:
    """Every hold that stands, the one that ends first before the others."""
    return tuple(standing_of(one) for one in noted.standing(keystore().database))


def note(entry: HoldEntry) -> None:
    """Step 1, in the key store: an erasure from now on spares the hold's key."""
    noted.place(keystore().database, entry)


def keep(entry: HoldEntry, using: str, *, active: bool = False) -> None:
    """Step 2, in the data: the hold's row and its entry in the ledger."""
    with transaction.atomic(using=using, durable=True):
        state = people.lock_state(entry.subject, using)
        if active and state != State.ACTIVE:
            raise NotStoredError(NOT_ACTIVE, f"the subject is {state}")
        _, new = Hold.objects.using(using).get_or_create(id=entry.hold, defaults=_columns(entry))
        if new:
            event = ledger.Held(hold=entry.reason, state="placed", by=entry.by)
            ledger.record(event, entry.subject if state == State.ACTIVE else None, using)


def seal(entry: HoldEntry, using: str) -> int:
    """Step 3: move rows and files to the hold's key; how many moved. Noted when all are."""
    done = _cover(entry, using)
    Hold.objects.using(using).filter(id=entry.hold).update(sealed=True)
    return done


def settle(subject: UUID, using: str) -> None:
    """Finish placing what a crash left half placed, before an erasure is decided."""
    for entry in noted.standing(keystore().database, subject):
        keep(entry, using)
        if not Hold.objects.using(using).filter(id=entry.hold, sealed=True).exists():
            seal(entry, using)


def are_settled(subject: UUID, using: str) -> bool:
    """Whether every hold on the subject is placed to its end. To be asked under its lock."""
    standing = {entry.hold for entry in noted.standing(keystore().database, subject)}
    if not standing:
        return True
    done = Hold.objects.using(using).filter(id__in=standing, sealed=True).count()
    return done == len(standing)


def look_again(using: str) -> None:
    """Let every hold cover what was sealed since, before an erasure or by the next sweep."""
    Hold.objects.using(using).filter(released=None).update(sealed=False)


def standing_of(entry: HoldEntry) -> Standing:
    """A hold with what its clause covers; one whose clause is gone covers what it sealed."""
    clause = gate.in_force().in_force[1].holds.get(entry.reason)
    categories = tuple(clause.categories) if clause and clause.categories else ("*",)
    return Standing(entry.hold, entry.subject, entry.reason, categories, entry.until, entry.by)


def _cover(entry: HoldEntry, using: str) -> int:
    hold, store = standing_of(entry), keystore()
    keys = store.keys.fetch_of([entry.subject])
    own = store.keys.find_or_make(entry.subject, class_of(entry.hold))
    longer = {
        class_of(other.hold): other.until
        for other in noted.standing(store.database, entry.subject)
        if other.hold != entry.hold
    }

    def pick(categories: frozenset[str], now: SubjectKey) -> SubjectKey | None:
        if now.keep.startswith(STATUTORY) or longer.get(now.keep, date.min) >= entry.until:
            return None
        return own if any(hold.covers(one) for one in categories) else None

    def guard() -> None:
        people.lock(entry.subject, using)

    return moving.move_rows(entry.subject, keys, pick, guard, using) + moving.move_files(
        entry.subject, keys, pick, guard, using
    )


def hand_on(entry: HoldEntry, using: str) -> int:
    """Before a hold ends: what others cover, too, moves to the one of them that lasts longest."""
    store = keystore()
    others = sorted(
        (one for one in holds(entry.subject) if one.id != entry.hold),
        key=lambda one: one.until,
        reverse=True,
    )
    if not others:
        return 0
    keys = store.keys.fetch_of([entry.subject])
    of: Mapping[UUID, SubjectKey] = {
        hold: key for key in keys.values() if (hold := hold_of(key.keep)) is not None
    }

    def pick(categories: frozenset[str], now: SubjectKey) -> SubjectKey | None:
        if now.keep != class_of(entry.hold):
            return None
        covering = (one for one in others if any(one.covers(what) for what in categories))
        return next((of[one.id] for one in covering if one.id in of), None)

    def guard() -> None:
        people.lock_state(entry.subject, using)

    return moving.move_rows(entry.subject, keys, pick, guard, using) + moving.move_files(
        entry.subject, keys, pick, guard, using
    )


def _require(reason: str, until: date, policy: Policy) -> None:
    clause, today = policy.holds.get(reason), clock.today()
    if clause is None:
        known = ", ".join(sorted(policy.holds)) or "none"
        raise RefusedError(HOLD, f"the policy has no `[holds.{reason}]`; it has: {known}")
    if until < today:
        raise RefusedError(HOLD, f"its end, {until}, is over")
    if clause.longest is not None and until > clause.longest.after(today):
        raise RefusedError(HOLD, f"`[holds.{reason}]` lasts at most {clause.longest}: {until}")


def _require_active(subject: UUID, using: str) -> None:
    state = Subject.objects.using(using).filter(pk=subject).values_list("state", flat=True).first()
    if state is None:
        raise NotStoredError(NO_SUBJECT, f"there is no subject {subject}")
    if state != State.ACTIVE:
        raise NotStoredError(NOT_ACTIVE, f"the subject is {state}")

"""Merging two subjects that are one person: everything of the source becomes the target's.

Decided in the data (choices on the stricter side, the source takes nothing new), then identifiers
and holds move in the key store, then rows and files are sealed under the target's keys of the same
classes, then plain rows are re-pointed. Rules: checked and decided under both locks; each step is
durable, may be done again after a crash (`finish`), and none stands in a caller's transaction; the
source's keys stay for what was recorded about it, and go with the target's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import F

from kept import ledger
from kept.vault import mergeable, moving, people, plain, sealing
from kept.vault.codec import EMPTY
from kept.vault.errors import MERGE, NO_SUBJECT, NOT_ACTIVE, NotStoredError, RefusedError
from kept.vault.fields.envelope import OURS
from kept.vault.holdings import holdings
from kept.vault.holdings.linked import first_of, model_of
from kept.vault.keystore import SubjectKey, journal, keystore
from kept.vault.keystore import holds as noted
from kept.vault.keystore import mergers as joined
from kept.vault.models import Hold, Merger, State, Subject

Listener = Callable[[UUID], object]
_TABLE = Merger._meta.db_table
_listeners: list[Listener] = []


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merger came to."""

    source: UUID
    target: UUID
    rows: int
    """Rows and files that are the target's now, by this call."""


def on_merger(listener: Listener) -> None:
    """Call `listener` with the target once a merger's rows moved; perhaps again after a crash.

    For rooms that keep something beside the subject's choices, in an app's `ready()`.
    """
    _listeners.append(listener)


def merge(source: UUID, target: UUID, *, by: str, using: str = DEFAULT_DB_ALIAS) -> Merged:
    """Let `source` be `target` from now on, in a purpose scope that may store what it holds.

    `by`: the random id of the account that says so. Raises `RefusedError` V042 where it cannot be,
    `NotStoredError` V009 to V011, `RuntimeError` inside a transaction; then nothing was changed.
    """
    if source == target:
        raise RefusedError(MERGE, "they are one subject already")
    decide(source, target, by, using)
    return go_on(source, target, using)


def decide(source: UUID, target: UUID, by: str, using: str) -> None:
    """Step 1, in the data. From here on the source takes nothing new."""
    with transaction.atomic(using=using, durable=True):
        _lock(source, target, using)
        categories = mergeable.require_allowed(source, target, using)
        sealing.ask(categories, None, None, people.lock(target, using), "merge")
        mergeable.require_no_clash(source, target, using)
        _decided(source, target, by, using)


def join(source: UUID, target: UUID) -> None:
    """Step 2, in the key store: identifiers and holds."""
    store = keystore()
    joined.merge(store.database, store.identifiers, source, target)


def move(source: UUID, target: UUID, using: str) -> int:
    """Step 3: rows, files, and what refers to the source in clear; how many."""
    keys, made = keystore().keys, dict[str, SubjectKey]()
    _drop(source, target, using)

    def pick(categories: frozenset[str], now: SubjectKey) -> SubjectKey | None:
        if now.subject != source:
            return None  # a file that was moved before a crash
        if now.keep not in made:
            made[now.keep] = keys.find_or_make(target, now.keep)
        return made[now.keep]

    def guard() -> None:
        _lock(source, target, using, first=State.MERGED)

    known = keys.fetch_of([source])
    files = moving.move_files(source, known, pick, guard, using)
    return (
        files
        + moving.move_rows(source, known, pick, guard, using)
        + _point(source, target, guard, using)
    )


def close(source: UUID, target: UUID, moved: int, using: str) -> None:
    """Step 4: whole, and recorded."""
    for listener in _listeners:
        listener(target)
    with transaction.atomic(using=using, durable=True):
        row = Merger.objects.using(using).filter(source=source, done=False)
        if row.update(done=True):
            event = ledger.Merged(state="done", expected=moved, reached=moved)
            ledger.record(event, _while_there(target, using), using)


def go_on(source: UUID, target: UUID, using: str) -> Merged:
    """Steps 2 to 4, from wherever they stopped."""
    join(source, target)
    moved = move(source, target, using)
    close(source, target, moved, using)
    return Merged(source, target, moved)


def finish(*, using: str = DEFAULT_DB_ALIAS) -> int:
    """Finish every merger that was decided; how many. Raises what stopped the first that fails."""
    found = Merger.objects.using(using).filter(done=False).values_list("source", "target")
    living = [pair for pair in found if _is_active(pair[1], using)]
    for source, target in living:
        go_on(source, target, using)
    return len(living)


def settle(subject: UUID, using: str) -> None:
    """Finish mergers into a subject whose data is held, before an erasure is decided."""
    if are_settled(subject, using):
        return
    for row in Merger.objects.using(using).filter(target=subject, done=False):
        go_on(row.source, row.target, using)


def are_settled(subject: UUID, using: str) -> bool:
    """Whether an erasure may be decided: what is held is all under the subject's own keys."""
    half = f"SELECT 1 FROM {_TABLE} WHERE target = %s AND NOT done LIMIT 1"  # noqa: S608 - a constant
    return not plain.rows(using, half, [subject]) or not noted.standing(
        keystore().database, subject
    )


def survivor(subject: UUID, using: str) -> UUID:
    """Who a subject is now, after any number of mergers."""
    while True:
        found = plain.rows(using, f"SELECT target FROM {_TABLE} WHERE source = %s", [subject])  # noqa: S608 - a constant
        if not found:
            return subject
        subject = plain.uuid_of(found[0][0])


def sources_of(subject: UUID, using: str) -> list[UUID]:
    """Everyone who is this subject now, by any number of mergers."""
    found: list[UUID] = []
    todo = [subject]
    while todo:
        rows = plain.rows(using, f"SELECT source FROM {_TABLE} WHERE target = %s", [todo.pop()])  # noqa: S608 - a constant
        new = [plain.uuid_of(row[0]) for row in rows]
        found += new
        todo += new
    return found


def again(using: str = DEFAULT_DB_ALIAS) -> int:
    """After a restore: merge again what came back parted; how many."""
    done = 0
    for source, target in joined.merged(keystore().database):
        if _is_active(source, using):
            _decide_again(source, target, using)
            done += 1
    finish(using=using)
    return done


def _decide_again(source: UUID, target: UUID, using: str) -> None:
    """As the journal says; the target may be younger than the data that came back."""
    known = Subject.objects.using(using).get(pk=source)
    made = Subject(id=target, collected=known.collected, since=known.since)
    Subject.objects.using(using).bulk_create([made], ignore_conflicts=True)
    with transaction.atomic(using=using, durable=True):
        _lock(source, target, using)
        _decided(source, target, "system", using)


@ledger.flow(ledger.Merged, own_transactions=True)
def _decided(source: UUID, target: UUID, by: str, using: str) -> None:
    one, other = (Subject.objects.using(using).get(pk=id) for id in (source, target))
    denials = journal.denials_of(keystore().database, source)
    journal.deny(keystore().database, target, denials)
    changed = mergeable.choices(one, other, using)
    Subject.objects.using(using).filter(pk=target).update(**changed)
    Subject.objects.using(using).filter(pk=source).update(
        state=State.MERGED, consented=0, agreed=None
    )
    Merger.objects.using(using).update_or_create(
        source=source, defaults={"target": target, "by": by, "done": False}
    )
    ledger.record(ledger.Merged(state="decided", by=by), target, using)


def _lock(source: UUID, target: UUID, using: str, *, first: str = State.ACTIVE) -> None:
    """Both, always in the same order, so that two mergers never wait for each other."""
    wanted = {source: first, target: State.ACTIVE}
    for one in sorted(wanted):
        state = people.lock_state(one, using)
        if state is None:
            raise NotStoredError(NO_SUBJECT, f"there is no subject {one}")
        if state != wanted[one]:
            raise NotStoredError(NOT_ACTIVE, f"the subject is {state}")


def _drop(source: UUID, target: UUID, using: str) -> None:
    """Remove rows of the source for which the target's own count; each is recorded."""
    with transaction.atomic(using=using):
        _lock(source, target, using, first=State.MERGED)
        for clash in mergeable.clashes(source, target, using):
            if clash.drop:
                _remove(clash, target, using)


def _remove(clash: mergeable.Clash, target: UUID, using: str) -> None:
    model = model_of(holdings()[clash.label])
    rows = model._base_manager.using(using).filter(pk__in=clash.pks)
    shape = getattr(model, "_kept_shape", None)
    for row in list(rows):
        point = (shape and shape.collect) or getattr(row, "point", None)
        named = row.pk if isinstance(row.pk, UUID) else None
        ledger.record(ledger.Removed(point=point, row=named), target, using)
    rows.delete()


def _point(source: UUID, target: UUID, guard: Callable[[], object], using: str) -> int:
    """Re-point what refers to the source in clear, and rows without anything sealed."""
    done = 0
    for model, column in mergeable.links():
        shape = getattr(model, "_kept_shape", None)
        rows = model._base_manager.using(using).filter(**{column.name: source})
        changed: dict[str, Any] = {column.name: target}
        if shape is not None and column.name == "subject":
            rows = rows.filter(**{shape.envelope: EMPTY})
            changed["revision"] = F("revision") + 1
        setattr(rows.query, OURS, True)
        with transaction.atomic(using=using):
            guard()
            done += rows.update(**changed)
    for holding in holdings().values():
        done += _point_plain(holding, source, target, using)
    Hold.objects.using(using).filter(subject=source).update(subject=target)
    return done


def _point_plain(holding: Any, source: UUID, target: UUID, using: str) -> int:
    """Columns that hold a subject's id without being a key to it."""
    model = model_of(holding)
    if holding.erase == "keep":
        return 0
    done = 0
    for path in holding.paths:
        column = first_of(model, path)
        if column is None or "__" in path:
            continue
        if not column.is_relation and not column.primary_key:
            rows = model._base_manager.using(using).filter(**{path: source})
            done += rows.update(**{path: target})
    return done


def _is_active(subject: UUID, using: str) -> bool:
    return Subject.objects.using(using).filter(pk=subject, state=State.ACTIVE).exists()


def _while_there(subject: UUID, using: str) -> UUID | None:
    return subject if _is_active(subject, using) else None

"""Ending one keep class of one subject: its rows go, then its key, and the rest of them stays.

For what waits for an event (`until account closes`). Rules: which rows those are, their envelopes
say, by the key that sealed them, so that what a hold or a law keeps is not among them; nothing goes
while a hold is being placed; rows go before the key, under the subject's lock, and a key that a row
came to use meanwhile stays; a crash between the two leaves a key that opens nothing, which the
sweep of leftovers destroys; rows that a restored copy brings back under a destroyed key go again.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, models, transaction

from kept import ledger
from kept._kit.errors import code
from kept.vault import files, people
from kept.vault.errors import NotStoredError
from kept.vault.keystore import closing, journal, keystore
from kept.vault.models import Hold, SealedFile
from kept.vault.staying import with_key
from kept.vault.tables import sealed_tables

HELD = code(
    "V063", "Data of the subject is being put under a hold", do="try again in a few minutes"
)
_Removed = Counter[tuple[str, str]]
"""Rows by collection point and label of their model."""


def remove(subject: UUID, keep: str, *, using: str = DEFAULT_DB_ALIAS) -> Mapping[str, int]:
    """Remove the rows and files of the class `keep`, in the caller's transaction.

    How many, by collection point. Raises `NotStoredError` V009, V011, and V063 while a hold of the
    subject is being placed.
    """
    people.lock(subject, using)
    if Hold.objects.using(using).filter(subject=subject, released=None, sealed=False).exists():
        raise NotStoredError(HELD, "a hold is being placed")
    ids = {id for id, one in keystore().keys.classes_of(subject).items() if one == keep}
    return _remove(subject, using, lambda key: key in ids)


def end(subject: UUID, keep: str, *, using: str = DEFAULT_DB_ALIAS) -> int:
    """Destroy the key of the class `keep`, unless something is sealed with it; how many there were.

    In a transaction of its own, after the one that removed the rows.
    """
    with transaction.atomic(using=using, durable=True):
        people.lock(subject, using)
        ids = {id for id, one in keystore().keys.classes_of(subject).items() if one == keep}
        if ids & {key for key, _, _ in _sealed(subject, using)}:
            return 0
        gone = closing.close(keystore().database, subject, keep)
        if gone:
            ledger.record(ledger.KeyDestroyed(keys=gone), None, using)
        return gone


def kept_of(subject: UUID, *, using: str = DEFAULT_DB_ALIAS) -> dict[str, set[str]]:
    """What there is of a subject: collection point -> the keep classes of its rows and files."""
    classes = keystore().keys.classes_of(subject)
    found: dict[str, set[str]] = {}
    for key, point, _ in _sealed(subject, using):
        found.setdefault(point, set()).add(classes.get(key, ""))
    return found


def again(*, using: str = DEFAULT_DB_ALIAS) -> int:
    """After a restore: remove the rows that came back of classes that were ended; how many."""
    rows = 0
    for some in journal.subjects(keystore().database, closing.ENDED):
        for subject in some:
            rows += _remove_unreadable(subject, using)
    return rows


def _remove_unreadable(subject: UUID, using: str) -> int:
    known = set(keystore().keys.classes_of(subject))
    with transaction.atomic(using=using):
        return sum(_remove(subject, using, lambda key: key not in known).values())


def _remove(subject: UUID, using: str, over: Callable[[bytes], bool]) -> Mapping[str, int]:
    doomed: dict[Any, list[tuple[str, Any]]] = {}
    for key, point, row in _sealed(subject, using):
        if key and over(key):
            doomed.setdefault(type(row), []).append((point, row.pk))
    removed = _Removed()
    waiting = list(doomed)
    while waiting:
        left = [model for model in waiting if not _delete(model, doomed[model], using, removed)]
        if len(left) == len(waiting):
            raise models.ProtectedError("rows refer to each other", set(left))
        waiting = left
    by_point = Counter[str]()
    for (point, model), count in sorted(removed.items()):
        ledger.record(ledger.Expired(point=point, rows=count, model=model), None, using)
        by_point[point] += count
    return by_point


def _delete(model: Any, rows: list[tuple[str, Any]], using: str, removed: _Removed) -> bool:
    """False where another table still refers to these rows."""
    try:
        with transaction.atomic(using=using):
            model._base_manager.using(using).filter(pk__in=[pk for _, pk in rows]).delete()
    except (models.ProtectedError, models.RestrictedError):
        return False
    removed.update((point, model._meta.label) for point, _ in rows)
    return True


def _sealed(subject: UUID, using: str) -> Iterator[tuple[bytes, str, Any]]:
    """Key id, collection point and row of everything sealed of the subject; files too."""
    for model, shape in sealed_tables():
        rows = with_key(model._base_manager.using(using).filter(subject_id=subject))
        for row in rows.defer(shape.envelope):
            point = shape.collect or getattr(row, "point", None) or ""
            yield bytes(row._kept_key or b""), str(point), row
    for file in SealedFile.objects.using(using).filter(subject=subject):
        yield files.key_of(file.pk) or b"", file.point, file

"""Sealing rows and files under another key: when a hold begins or ends, when two subjects merge.

No plaintext leaves: what is opened is sealed again in the same step. Rules: compare-and-swap on the
revision, so that a save meanwhile is never lost; one row at a time is enough to start again after a
crash, because a row tells by its head what it is sealed with; a row whose key is destroyed stays as
it is.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from kept.vault import codec, files
from kept.vault.codec import Envelope, Values
from kept.vault.errors import STALE, NotStoredError
from kept.vault.fields.envelope import OURS
from kept.vault.holdings import holdings
from kept.vault.holdings.linked import model_of
from kept.vault.keystore import SubjectKey
from kept.vault.models import SealedFile
from kept.vault.shape import Shape

_BATCH = 200
_ATTEMPTS = 10
_NOTHING: tuple[Any, ...] = (None, "", [], {})
"""Stored values that say nothing about anybody."""
Keys = Mapping[bytes, SubjectKey]
Pick = Callable[[frozenset[str], SubjectKey], SubjectKey | None]
"""Which key what holds these categories and is under this key goes to; None: it stays."""
Guard = Callable[[], object]
"""Called in each batch's transaction: locks, and raises where the work must stop."""


def move_rows(subject: UUID, keys: Keys, pick: Pick, guard: Guard, using: str) -> int:
    """Every sealed row of `subject` to the key that `pick` gives; how many moved."""
    return sum(
        _move_model(model, shape, subject, keys, pick, guard, using)
        for model, shape in _sealed_models()
    )


def move_files(subject: UUID, keys: Keys, pick: Pick, guard: Guard, using: str) -> int:
    """Every sealed file of `subject`; how many moved."""
    done = 0
    rows = SealedFile.objects.using(using).filter(subject=subject)
    for id, category in rows.values_list("pk", "category"):
        with transaction.atomic(using=using):
            guard()
            now = keys.get(files.key_of(id) or b"")
            to = None if now is None else pick(frozenset([category]), now)
            if to is not None and files.move(id, keys, to):
                done += 1
    return done


def categories_of(subject: UUID, keys: Keys, using: str) -> frozenset[str]:
    """The categories of everything sealed about `subject` that these keys open."""
    found: set[str] = set()
    for model, shape in _sealed_models():
        for some in _rows_of(model, shape, subject, using):
            for row in some:
                opened = _opened(row, shape, keys)
                found |= _categories_in(shape, opened[0]) if opened else frozenset()
    rows = SealedFile.objects.using(using).filter(subject=subject)
    return frozenset(found | set(rows.values_list("category", flat=True)))


def values_under(
    subject: UUID, key: SubjectKey, wanted: Callable[[str], bool], using: str
) -> Iterator[tuple[str, str, Values]]:
    """What rows under one key hold of the `wanted` categories: label, primary key, values."""
    for model, shape in _sealed_models():
        for some in _rows_of(model, shape, subject, using):
            for row in some:
                opened = _opened(row, shape, {key.id: key})
                plain = _of_categories(shape, opened[0], wanted) if opened else {}
                if plain:
                    yield shape.label, str(row.pk), plain


def points_of(subject: UUID, using: str) -> set[str]:
    """The collection points where something about `subject` came in."""
    rows = SealedFile.objects.using(using).filter(subject=subject)
    found: set[str] = set(rows.values_list("point", flat=True))
    for model, shape in _sealed_models():
        own = model._base_manager.using(using).filter(subject_id=subject)
        if shape.collect is not None:
            found |= {shape.collect} if own.exists() else set()
        elif any(column.name == "point" for column in model._meta.concrete_fields):
            found |= set(own.values_list("point", flat=True).distinct())
    return found


def _sealed_models() -> Iterator[tuple[Any, Shape]]:
    for holding in holdings().values():
        model = model_of(holding)
        shape: Shape | None = getattr(model, "_kept_shape", None)
        if shape is not None:
            yield model, shape


def _of_categories(shape: Shape, values: Values, wanted: Callable[[str], bool]) -> Values:
    if shape.open_fields:
        return {name: pair[1] for name, pair in values.items() if wanted(pair[0])}
    known = shape.categories
    return {name: value for name, value in values.items() if name in known and wanted(known[name])}


def _categories_in(shape: Shape, values: Values) -> frozenset[str]:
    """The categories of what a row holds."""
    if shape.open_fields:
        return frozenset(pair[0] for pair in values.values() if pair[1] not in _NOTHING)
    there = (name for name, value in values.items() if value not in _NOTHING)
    return frozenset(shape.categories[name] for name in there if name in shape.categories)


def _give(row: Any, shape: Shape, made: Envelope, subject: UUID, using: str) -> bool:
    """Write an envelope sealed for `subject`, who has the row from then on, compare-and-swap."""
    rows = shape.model._base_manager.using(using).filter(pk=row.pk, revision=row.revision)
    setattr(rows.query, OURS, True)  # the subject may change here, as the envelope opens for them
    changed = {shape.envelope: made, "revision": row.revision + 1, "subject": subject}
    return bool(rows.update(**changed))


def _opened(row: Any, shape: Shape, keys: Keys) -> tuple[Values, SubjectKey] | None:
    """What a row holds and its key; None where it holds nothing or its key is destroyed."""
    raw = bytes(row.__dict__[shape.envelope])
    if not raw:
        return None
    place = shape.place(row)
    key = keys.get(codec.key_id(raw, place))
    return None if key is None else (codec.open(raw, key, place), key)


def _rows_of(model: Any, shape: Shape, subject: UUID, using: str) -> Iterator[list[Any]]:
    """The subject's sealed rows, some at a time, by primary key."""
    rows, last = model._base_manager.using(using).filter(subject_id=subject).order_by("pk"), None
    while True:
        some = list((rows if last is None else rows.filter(pk__gt=last))[:_BATCH])
        if not some:
            return
        yield some
        last = some[-1].pk


def _move_model(  # noqa: PLR0917 - all are needed, and none has a default
    model: Any, shape: Shape, subject: UUID, keys: Keys, pick: Pick, guard: Guard, using: str
) -> int:
    done = 0
    for some in _rows_of(model, shape, subject, using):
        with transaction.atomic(using=using):
            guard()
            done += sum(_move(row, shape, keys, pick, using) for row in some)
    return done


def _move(row: Any, shape: Shape, keys: Keys, pick: Pick, using: str) -> bool:
    for _ in range(_ATTEMPTS):
        found = _opened(row, shape, keys)
        if found is None:
            return False
        values, now = found
        to = pick(_categories_in(shape, values), now)
        if to is None or to.id == now.id:
            return False
        place = shape.place(row, row.revision + 1)._replace(subject=to.subject)
        if _give(row, shape, codec.seal(values, to, place), to.subject, using):
            return True
        again = type(row)._base_manager.using(using).filter(pk=row.pk).first()
        if again is None:
            return False
        row = again
    raise NotStoredError(STALE, f"{_ATTEMPTS} attempts", place=str(shape.place(row)))

"""Whether what holds and laws keep really would outlive an erasure: looked at, for evidence.

Rules: the key store and the data are held against each other; of rows, only the head of the
envelope is read; nothing is opened.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS

from kept.vault import files, placing
from kept.vault.keystore import keystore
from kept.vault.keystore.sparing import STATUTORY, class_of
from kept.vault.models import Hold, SealedFile
from kept.vault.staying import with_key
from kept.vault.tables import sealed_tables


class HoldsSeen(NamedTuple):
    """The holds that stand for one reason."""

    standing: int
    over: int
    """Those whose last day is past."""
    half: int
    """Those that were placed before the day and cover nothing yet."""
    forgotten: int
    """Those that stand in the data, and in the key store an erasure would not see them."""
    keyless: int
    """Those whose key is gone, and with it what they kept."""


class LawSeen(NamedTuple):
    """The newest rows and files that a law keeps."""

    rows: int
    loose: int
    """Those that are under another key, or under one that is gone."""


def look_at_holds(reason: str, before: date, *, using: str = DEFAULT_DB_ALIAS) -> HoldsSeen:
    """Hold what stands for `[holds.<reason>]` in the key store and in the data together.

    `before`: what ended or was placed earlier than that day should be finished.
    """
    noted = [one for one in placing.all_holds() if one.reason == reason]
    rows = Hold.objects.using(using).filter(reason=reason, released=None)
    keys = keystore().keys
    return HoldsSeen(
        standing=len(noted),
        over=sum(one.until < before for one in noted),
        half=rows.filter(sealed=False, placed__lt=before).count(),
        forgotten=len(set(rows.values_list("pk", flat=True)) - {one.id for one in noted}),
        keyless=sum(class_of(one.id) not in keys.classes_of(one.subject).values() for one in noted),
    )


def look_at_law(
    statute: str,
    points: Mapping[str, Collection[int]],
    most: int,
    *,
    using: str = DEFAULT_DB_ALIAS,
) -> LawSeen:
    """Look at the newest `most` rows of each table that came in at `points`.

    `points`: collection point -> ordinals of the versions that keep it under `statute`.
    """
    found: Counter[UUID] = Counter()
    loose, known = 0, dict[UUID, Mapping[bytes, str]]()
    for subject, point, collected, key in _newest(list(points), most, using):
        if not key or collected not in points[point]:
            continue
        found[subject] += 1
        if subject not in known:
            known[subject] = keystore().keys.classes_of(subject)
        loose += known[subject].get(key) != f"{STATUTORY}{statute}"
    return LawSeen(found.total(), loose)


def _newest(
    points: Collection[str], most: int, using: str
) -> Iterator[tuple[UUID, str, int, bytes]]:
    """Subject, point, ordinal and key id of rows and files."""
    for model, shape in sealed_tables():
        rows: Any = with_key(model._base_manager.using(using)).order_by("-since")
        if shape.collect is not None and shape.collect not in points:
            continue
        columns = {field.name for field in model._meta.concrete_fields}
        if shape.collect is None:
            if "point" not in columns:
                continue
            rows = rows.filter(point__in=points)
        for row in rows.defer(shape.envelope)[:most]:
            point = shape.collect or row.point
            yield row.subject_id, point, row.collected, bytes(row._kept_key or b"")
    stored = SealedFile.objects.using(using).filter(point__in=points).order_by("-since")
    for file in stored[:most]:
        yield file.subject_id, file.point, file.collected, files.key_of(file.pk) or b"gone"

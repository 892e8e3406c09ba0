"""Whether what holds and laws keep really would outlive an erasure: looked at, for evidence.

Rules: the key store and the data are held against each other; of rows, only the head of the
envelope is read; nothing is opened.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS

from kept.vault import files, placing
from kept.vault.keystore import keystore
from kept.vault.keystore.sparing import STATUTORY, class_of
from kept.vault.models import Hold, SealedFile
from kept.vault.staying import with_key
from kept.vault.tables import tables_of

_BATCH = 1_000


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
    """Rows and files that a law keeps."""

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
    statute: str, points: Mapping[str, Collection[int]], chosen: Callable[[Any], Iterable[Any]]
) -> LawSeen:
    """Look at the rows and files that came in at `points`, of those that `chosen` gives by model.

    `points`: collection point -> ordinals of the versions that keep it under `statute`.
    """
    seen = loose = 0
    asked = (one for one in _of_points(points, chosen) if one[3] and one[2] in points[one[1]])
    while some := list(islice(asked, _BATCH)):
        known = keystore().keys.classes_of_all({subject for subject, *_ in some})
        seen += len(some)
        loose += sum(
            known.get(subject, {}).get(key) != f"{STATUTORY}{statute}"
            for subject, _point, _collected, key in some
        )
    return LawSeen(seen, loose)


def _of_points(
    points: Collection[str], chosen: Callable[[Any], Iterable[Any]]
) -> Iterator[tuple[UUID, str, int, bytes]]:
    """Subject, point, ordinal and key id of rows and files."""
    for point in points:
        for model, mine in tables_of(point):
            for rows in chosen(model):
                columns = "subject_id", "collected", "_kept_key"
                found = with_key(rows.filter(mine)).values_list(*columns).iterator()
                for subject, collected, key in found:
                    yield subject, point, collected, bytes(key or b"")
    for rows in chosen(SealedFile):
        for file in rows.filter(point__in=points).iterator():
            yield file.subject_id, file.point, file.collected, files.key_of(file.pk) or b"gone"

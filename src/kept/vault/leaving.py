"""When rows went: people of whom nothing is left, keys nothing is sealed with, names nobody bears.

Rules: what is left is asked again under the subject's lock, which every writer takes before it
fetches a key, so that none is cut off; keys go before the data says so, and what a crash leaves
between the two is finished by the next look; a subject whose objection, restriction or stop stands
is not forgotten, because that would undo it; nothing younger than a day is looked at.
"""

from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from kept import gate, ledger
from kept._kit import clock
from kept.vault import codec, files, identifiers
from kept.vault.errors import VaultError
from kept.vault.holdings import Holding, holdings
from kept.vault.keystore import keystore, leaving
from kept.vault.keystore.sparing import hold_of
from kept.vault.models import Erasure, Hold, Merger, SealedFile, State, Subject
from kept.vault.sealed_bytes import RECORD
from kept.vault.staying import Spared, Staying, spared, with_key
from kept.vault.tables import sealed_tables

Paced = AbstractContextManager[int]
"""Gives how many people to take at a time, and measures how long they took."""
_NOBODY = UUID(int=0)
_PAGE = 5_000
_OLD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Gone:
    """What went in one step."""

    people: int = 0
    keys: int = 0
    identifiers: int = 0


def lock_people(subjects: Collection[UUID], *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Hold these subjects until the transaction ends, in one order for everybody."""
    rows = Subject.objects.using(using).filter(pk__in=subjects).order_by("pk")
    if connections[using].features.has_select_for_update:
        list(rows.select_for_update(no_key=True).values_list("pk", flat=True))
    else:  # SQLite locks the whole file; a write comes first so that it waits instead of failing
        rows.order_by().update(state=F("state"))


def not_held(subject: UUID, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those of `rows` of one subject that no hold covers; none while one is being placed.

    What is under a statutory key was left there by the hold: it counts as held.
    """
    using = rows.db
    if Hold.objects.using(using).filter(subject=subject, released=None, sealed=False).exists():
        return rows.none()
    found = spared(subject)
    held = found if found.holds else Spared()
    return Staying(subject, held, using).leave_out(holdings()[rows.model._meta.label], rows)


def remove_leftovers(pace: Paced, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[Gone]:
    """Look at every subject; what went, step by step, each in a transaction of its own."""
    yield from _people(pace, using)
    yield from _keys(using)
    yield from _identifiers(using)


def _people(pace: Paced, using: str) -> Iterator[Gone]:
    after, end = _NOBODY, _NOBODY
    ids = Subject.objects.using(using).order_by("pk").values_list("pk", flat=True)
    while True:
        last = list(ids.filter(pk__gt=end)[_PAGE - 1 : _PAGE]) or list(
            ids.filter(pk__gt=end).reverse()[:1]
        )
        if not last:
            return
        after, end = end, last[0]
        empty = list(_empty(using).filter(pk__gt=after, pk__lte=end).values_list("pk", flat=True))
        while empty:
            with pace as size:
                some, empty = empty[:size], empty[size:]
                found, keys = _bury(some, using)
            ledger.forget_many(found)
            yield Gone(people=len(found), keys=keys)


def _bury(subjects: list[UUID], using: str) -> tuple[list[UUID], int]:
    """Remove those of them of whom nothing is left now: who they were, and how many keys."""
    with transaction.atomic(using=using, durable=True):
        lock_people(subjects, using=using)
        rows = _empty(using).filter(pk__in=subjects)
        found = list(rows.values_list("pk", flat=True))
        if not found:
            return [], 0
        keys = leaving.bury(keystore().database, found)
        Subject.objects.using(using).filter(pk__in=found).delete()
        if keys:
            ledger.record(ledger.KeyDestroyed(keys=keys), None, using)
    return found, keys


def _empty(using: str) -> QuerySet[Subject]:
    """The subjects of whom nothing is left but what says something about them only."""
    rows = Subject.objects.using(using).filter(
        state__in=(State.ACTIVE, State.ERASED),
        since__lte=clock.today() - _OLD,
        objected=0,
        restricted=False,
        ceased=False,
    )
    here = OuterRef("pk")
    rows = rows.exclude(Exists(Erasure.objects.using(using).filter(subject=here, purged=False)))
    rows = rows.exclude(Exists(Hold.objects.using(using).filter(subject=here, released=None)))
    for holding in _substantial():
        model: Any = apps.get_model(holding.label)
        for path in holding.paths:
            rows = rows.exclude(Exists(model._base_manager.using(using).filter(**{path: here})))
    return rows


def _substantial() -> Iterator[Holding]:
    """The holdings for whose sake a subject stays. Others say `with_subject = True` in `Kept`."""
    for holding in holdings().values():
        said = getattr(apps.get_model(holding.label), "Kept", None)
        if holding.erase != "keep" and not getattr(said, "with_subject", False):
            yield holding


def _keys(using: str) -> Iterator[Gone]:
    """Keys of classes in which a subject has nothing any more."""
    store, after = keystore(), _NOBODY
    while some := leaving.with_several_keys(store.database, after, _PAGE, but=RECORD):
        for subject in some:
            gone = _drop_keys(subject, using)
            if gone:
                yield Gone(keys=gone)
        after = some[-1]


def _drop_keys(subject: UUID, using: str) -> int:
    if _moved_lately(subject, using):
        return 0
    before = (clock.today() - _OLD).isoformat()
    held = {id for id, keep in keystore().keys.spared(subject).items() if hold_of(keep)}
    made = leaving.keys_of(keystore().database, subject, before=before)
    idle = {id for id, keep in made.items() if keep != RECORD} - held
    if not idle - _used(subject, using):
        return 0
    with transaction.atomic(using=using, durable=True):
        lock_people([subject], using=using)
        gone = leaving.drop_keys(keystore().database, subject, idle - _used(subject, using))
        if gone:
            ledger.record(ledger.KeyDestroyed(keys=gone), None, using)
    return gone


def _moved_lately(subject: UUID, using: str) -> bool:
    """Whether a backup may have rows under keys that they were under before a hold or merger."""
    over = gate.in_force().in_force[1].backups.keep.begun_by(clock.today())
    held = Hold.objects.using(using).filter(subject=subject)
    merged = Merger.objects.using(using).filter(source=subject)
    if over is not None:
        held, merged = held.filter(placed__gt=over), merged.filter(decided__gt=over)
    return held.exists() or merged.exists()


def _used(subject: UUID, using: str) -> set[bytes]:
    """The ids of the keys that rows and files of a subject are sealed with."""
    found: set[bytes] = set()
    for model, _shape in sealed_tables():
        rows = with_key(model._base_manager.using(using).filter(subject_id=subject))
        found |= {bytes(one) for one in rows.values_list("_kept_key", flat=True).distinct() if one}
    stored = SealedFile.objects.using(using).filter(subject=subject)
    keys = (files.key_of(id) for id in stored.values_list("pk", flat=True))
    return found | {key for key in keys if key is not None}


def _identifiers(using: str) -> Iterator[Gone]:
    """Identifiers that no row of their subject has any more, where there are several of a kind."""
    store, after = keystore(), _NOBODY
    while some := leaving.with_several_identifiers(store.database, after, _PAGE):
        for subject in some:
            gone = _drop_identifiers(subject, using)
            if gone:
                yield Gone(identifiers=gone)
        after = some[-1]


def _drop_identifiers(subject: UUID, using: str) -> int:
    with transaction.atomic(using=using, durable=True):
        lock_people([subject], using=using)
        born = _borne(subject, using)
        if born is None:
            return 0
        unused = [
            one for one in leaving.identifiers_of(keystore().database, subject) if one not in born
        ]
        leaving.drop_identifiers(keystore().database, subject, unused)
    return len(unused)


def _borne(subject: UUID, using: str) -> set[tuple[str, bytes]] | None:
    """The identifiers in the rows of a subject; None where one cannot be read."""
    keys = keystore().keys.fetch_of([subject])
    found: set[tuple[str, bytes]] = set()
    for model, shape in sealed_tables():
        for row in model._base_manager.using(using).filter(subject_id=subject):
            stored = bytes(row.__dict__[shape.envelope])
            if not stored:
                continue
            try:
                place = shape.place(row)
                values = codec.open(stored, keys[codec.key_id(stored, str(place))], place)
            except (VaultError, KeyError):
                return None
            found |= set(_named(shape, values))
    return found


def _named(shape: Any, values: codec.Values) -> Iterator[tuple[str, bytes]]:
    store = keystore()
    for name, value in values.items():
        category, plain = value if shape.open_fields else (shape.categories.get(name, ""), value)
        kind = identifiers.kind_of(category)
        if (
            kind is not None
            and isinstance(plain, str)
            and (normal := identifiers.normal(kind, plain))
        ):
            yield kind, store.identifiers.blind(kind, normal)

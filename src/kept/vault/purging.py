"""Removing the rows of an erased subject, table by table, by what the holdings declare.

Rules: set by set, never row by row; tables that refer to others go first; rows that a spared key
seals stay, and clear text under a hold, and those that they hang on; a row on which another
person's rows hang, or which is another's too, is detached instead of deleted; files go with the
rows, those of declared stores once no hold stands; a table that fails is told and the next one is
done; link rows go last, and only once every row that they lead to is gone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connections, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.deletion import Collector

from kept.vault import plain
from kept.vault.detaching import detach, empty
from kept.vault.holdings import Holding, file_holdings, holdings
from kept.vault.holdings.linked import can_detach, first_of, model_of, referrers
from kept.vault.holdings.links import gone as links_gone
from kept.vault.models import Link, State, Subject
from kept.vault.staying import Spared, Staying
from kept.vault.tallying import tally

_BATCH = 1_000
_MANY = 10_000
"""Rows of one statement, where the database finds and deletes them by itself: some 20 ms."""
_SOMEBODY = UUID(int=0)
_order: tuple[Mapping[str, Holding], Sequence[Holding], frozenset[str]] | None = None
_LINKED = f"SELECT 1 FROM {Link._meta.db_table} WHERE subject_id = %s LIMIT 1"  # noqa: S608 - a constant
Known = Mapping[str, int] | None
"""Label -> rows that an erasure changes, where it could be found out for all tables at once."""


class Reached:
    """Counts what was purged, in the transaction that purges it."""

    def __init__(self, lock: Callable[[], object], add: Callable[[int], object]) -> None:
        self.lock, self.add = lock, add


def count(subject: UUID, spared: Spared, using: str, known: Known) -> int:
    """How many rows and files there are to purge.

    A table that fails counts when it can be purged again.
    """
    stores = () if spared.holds else file_holdings().values()
    found = sum(one.count(subject) for one in stores)
    if known is not None:
        return found + sum(known.values())
    staying = Staying(subject, spared, using)
    for holding in _in_order():
        with suppress(DatabaseError), transaction.atomic(using=using):
            found += _rows(holding, subject, staying, using).count()
    return found


def purge_all(
    subject: UUID, spared: Spared, using: str, reached: Reached, known: Known
) -> tuple[str, ...]:
    """Purge every table and store of files; the names of those that failed.

    Tables of which it is `known` that they hold nothing are left alone.
    """
    failed = []
    staying = Staying(subject, spared, using)
    for holding in _in_order():
        if known is not None and not known[holding.label]:
            continue
        try:
            _purge(holding, subject, staying, using, reached)
        except (DatabaseError, models.ProtectedError, models.RestrictedError):
            failed.append(holding.label)
    # Under a hold they wait for its end: nobody can say what is in them.
    for store in () if spared.holds else file_holdings().values():
        try:
            _purge_files(store.count(subject), subject, store.purge, using, reached)
        except OSError:
            failed.append(store.name)
    if not failed:
        _unlink(subject, spared, using)
    return tuple(failed)


def _unlink(subject: UUID, spared: Spared, using: str) -> None:
    """Link rows go last: without its link, a row that stayed would never be found again.

    They are not counted: most went with their rows.
    """
    if not plain.rows(using, _LINKED, [subject]):
        return
    if spared:  # the links of rows that a hold or a law keeps stay as long as those
        for holding in holdings().values():
            if holding.link == "pk":
                links_gone(model_of(holding), using).filter(subject=subject).delete()
        return
    kept = [one.label.lower() for one in holdings().values() if one.erase == "keep"]
    Link.objects.using(using).filter(subject=subject).exclude(table__in=kept).delete()


def _purge(holding: Holding, subject: UUID, staying: Staying, using: str, reached: Reached) -> None:
    rows, last = _rows(holding, subject, staying, using), None
    if rows.query.is_empty():  # all of it stays
        return
    if _hang_together(holding, rows, using):
        column = None if staying.spares or holding.link else _own_column(holding)
        if column is not None and connections[using].vendor == "postgresql":
            _purge_quickly(rows, _by_place(rows, column, subject, using), using, reached)
        else:
            _purge_quickly(rows, _by_key(rows, using), using, reached)
        return
    while True:
        later = rows if last is None else rows.filter(pk__gt=last)
        with transaction.atomic(using=using):
            some = list(later.values_list("pk", flat=True)[:_BATCH])
            if not some:
                return
            last = some[-1]
            if holding.erase == "anonymise":
                kept = some
            else:
                kept = _somebody_elses(holding, some, subject, using)
            gone = sorted(set(some) - set(kept)) if kept else some
            if kept:
                _detach(holding, later, kept, subject, using, reached)
            found = rows.model._base_manager.using(using).filter(pk__in=gone)
            # What the statement says it deleted: another purge may have been first. Rows of other
            # tables went along where tables refer to each other in a ring.
            told = found.delete()[1] if gone else {}
            reached.add(sum(many for label, many in told.items() if label in _labels()))


def _hang_together(holding: Holding, rows: Any, using: str) -> bool:
    """Whether one kind of DELETE is all: they are nobody else's and nothing hangs on them."""
    return (
        holding.erase == "delete"
        and not holding.others
        and holding.label not in _hung_on()
        and Collector(using=using).can_fast_delete(rows)
    )


def _own_column(holding: Holding) -> str | None:
    """The column of the table itself that names the subject, where there is one."""
    if "__" in holding.subject:
        return None
    column = first_of(model_of(holding), holding.subject)
    return None if column is None else str(column.column)


def _by_key(rows: Any, using: str) -> Callable[[], int]:
    some = rows.order_by().values("pk")[:_MANY]
    return lambda: int(rows.model._base_manager.using(using).filter(pk__in=some)._raw_delete(using))


def _by_place(rows: Any, owner: str, subject: UUID, using: str) -> Callable[[], int]:
    """By where the rows stand in PostgreSQL's table: several times faster than by key.

    The subject is asked for in both places, because partitions of a table have the same places.
    """
    table = rows.model._meta.db_table
    delete = (
        f'DELETE FROM "{table}" WHERE "{owner}" = %s AND ctid = ANY(ARRAY('  # noqa: S608 - of the model
        f'SELECT ctid FROM "{table}" WHERE "{owner}" = %s LIMIT {_MANY}))'
    )
    return lambda: plain.change(using, delete, [subject, subject])


def _purge_quickly(rows: Any, delete: Callable[[], int], using: str, reached: Reached) -> None:
    """Thousands by a statement, which the database finds by the subject and nothing is read of."""
    while True:
        with transaction.atomic(using=using):
            gone = delete()
            reached.add(gone)
        if gone < _MANY and not rows.exists():  # another purge may have taken some of them
            return


def _detach(  # noqa: PLR0917 - all are needed, and none has a default
    holding: Holding, rows: Any, pks: Sequence[Any], subject: UUID, using: str, reached: Reached
) -> None:
    reached.lock()
    still = list(rows.filter(pk__in=pks).values_list("pk", flat=True))
    detach(holding, still, subject, using)
    reached.add(len(still))


def _purge_files(
    found: int, subject: UUID, purge: Callable[[UUID], object], using: str, reached: Reached
) -> None:
    if not found:
        return
    with transaction.atomic(using=using):
        reached.add(found)  # first: files that a crash leaves are expected and reached once more
    purge(subject)


def _rows(holding: Holding, subject: UUID, staying: Staying, using: str) -> Any:
    """The rows that an erasure changes."""
    rows = model_of(holding)._base_manager.using(using).filter(holding.of(subject)).order_by("pk")
    rows = staying.leave_out(holding, rows)
    if holding.erase == "anonymise" and not can_detach(holding):
        rows = rows.exclude(**empty(holding))
    return rows


def _somebody_elses(holding: Holding, pks: Sequence[Any], subject: UUID, using: str) -> list[Any]:
    """Those rows that are another living person's too, or that rows which stay hang on."""
    model, found = model_of(holding), set()
    if holding.others and not getattr(model, "_kept_shape", None):
        living = Subject.objects.using(using).filter(state=State.ACTIVE).exclude(pk=subject)
        shared = Q()
        for path in holding.paths:
            shared |= Q(Exists(living.filter(pk=OuterRef(path))))
        rows = model._base_manager.using(using).filter(shared, pk__in=pks)
        found |= set(rows.values_list("pk", flat=True))
    for other, key in referrers(model):
        rows = model_of(other)._base_manager.using(using).filter(**{f"{key.name}__in": pks})
        if other.erase == "delete":
            rows = rows.exclude(other.of(subject))
        found |= set(rows.values_list(key.attname, flat=True))
    return sorted(found)


def what_is_known(subject: UUID, spared: Spared, using: str) -> Known:
    """How many rows of each table an erasure changes; None where each has to be asked by itself."""
    if spared:
        return None
    everything = Staying(_SOMEBODY, Spared(), using)
    return tally(_in_order(), subject, lambda one, who, db: _rows(one, who, everything, db), using)


def _in_order() -> Sequence[Holding]:
    """The holdings that an erasure changes, those that refer to others first."""
    return _remembered()[1]


def _labels() -> frozenset[str]:
    """The tables that an erasure changes."""
    return frozenset(one.label for one in _remembered()[1])


def _hung_on() -> frozenset[str]:
    """The tables whose rows somebody else's may refer to."""
    return _remembered()[2]


def _remembered() -> tuple[Mapping[str, Holding], Sequence[Holding], frozenset[str]]:
    global _order  # noqa: PLW0603 - remembered with what it was found from
    declared = holdings()
    if _order is None or _order[0] is not declared:
        order = tuple(_ordered(declared))
        hung_on = frozenset(one.label for one in order if any(referrers(model_of(one))))
        _order = declared, order, hung_on
    return _order


def _ordered(declared: Mapping[str, Holding]) -> Iterator[Holding]:
    found = {
        label: one
        for label, one in declared.items()
        if one.erase != "keep" and model_of(one) is not Link
    }
    graph: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(sorted(found), ()))
    for label, holding in found.items():
        for field in model_of(holding)._meta.concrete_fields:
            related: Any = field.related_model
            if field.is_relation and related is not None:
                other = related._meta.label
                loose = field.remote_field.on_delete in (models.SET_NULL, models.SET_DEFAULT)
                if other in found and other != label and not loose:
                    graph.add(other, label)
    try:
        order = list(graph.static_order())
    except CycleError:
        order = sorted(found)  # tables that refer to each other: the database's own rules decide
    return (found[label] for label in order)

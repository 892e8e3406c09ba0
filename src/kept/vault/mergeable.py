"""Whether two subjects may become one, and what they then have chosen. Reads, writes nothing.

Rules: a `[never]` join ban of any version beats a merger: what it keeps apart is never put under
one person; a row of which there can be only one is not dropped in silence; choices come together on
the stricter side: objections, restrictions and limits of either hold, a consent holds where both
gave it, or where it covers nothing of the one who did not; the older agreement counts (ADR 0112).
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import UniqueConstraint

from kept import gate
from kept.vault import moving
from kept.vault.errors import MERGE, RefusedError
from kept.vault.holdings.declared import all_models, holdings
from kept.vault.keystore import journal, keystore
from kept.vault.models import Subject
from kept.vault.staying import Staying, spared


class Links(NamedTuple):
    """A column of a model that leads to the subject directly."""

    model: Any
    column: Any


class Clash(NamedTuple):
    """Rows of the source of which the target has its own, and there can be one only."""

    label: str
    pks: tuple[Any, ...]
    drop: bool
    """Whether the model says that the target's own is the one that counts."""


def links() -> Iterator[Links]:
    """Every foreign key to the subject."""
    for model in all_models():
        for column in model._meta.local_concrete_fields:
            if column.is_relation and column.related_model is Subject:
                yield Links(model, column)


def require_allowed(source: UUID, target: UUID, using: str) -> frozenset[str]:
    """The categories of the source. Raises `RefusedError` V042 where a ban keeps the two apart."""
    left, right = (_categories(one, using) for one in (source, target))
    for _, policy in gate.in_force().policies:
        for id, ban in policy.never.items():
            if ban.join is None:
                continue
            joined, other = ban.join, ban.with_ or ""
            if _meet(joined, other, left, right) or _meet(joined, other, right, left):
                raise RefusedError(
                    MERGE, f"`[never.{id}]` keeps `{joined}` of the one apart from the other's data"
                )
    return left


def clashes(source: UUID, target: UUID, using: str) -> list[Clash]:
    """What cannot simply be the target's."""
    found = []
    for model, column in links():
        drop = getattr(model.__dict__.get("Kept"), "on_merge", "") == "drop"
        pks: set[Any] = set()
        for fields, condition in _unique_with(model, column.name):
            pks |= _twice(model, column, fields, condition, source, target, using)
        if pks:
            found.append(Clash(model._meta.label, tuple(sorted(pks)), drop))
    return found


def require_no_clash(source: UUID, target: UUID, using: str) -> None:
    """Raise `RefusedError` V042 where both have a row of which there can be one only."""
    found = clashes(source, target, using)
    _require_none_held(source, found, using)
    labels = [one.label for one in found if not one.drop]
    if labels:
        raise RefusedError(
            MERGE, f"both have their own in {', '.join(f'`{one}`' for one in labels)}",
            do="let the person close or move one of them first",
        )  # fmt: skip


def _require_none_held(source: UUID, found: Iterable[Clash], using: str) -> None:
    """What a hold covers is not dropped for the target's own: it may differ."""
    held = spared(source)
    if not held.holds:
        return
    staying = Staying(source, held, using)
    for clash in found:
        rows = apps.get_model(clash.label)._base_manager.using(using).filter(pk__in=clash.pks)
        left = staying.leave_out(holdings()[clash.label], rows)
        if clash.drop and left.count() < len(clash.pks):
            raise RefusedError(
                MERGE, f"a hold keeps what the merger would drop in `{clash.label}`",
                do="merge them when the hold has ended, or lift it first",
            )  # fmt: skip


def choices(source: Subject, target: Subject, using: str) -> dict[str, Any]:
    """The target's columns after the merger."""
    both = source.consented & target.consented
    kept = both
    if source.ceased == target.ceased:  # whoever let all of it cease agreed to nothing of the other
        kept |= _alone(source, target, using) | _alone(target, source, using)
    agreed = [one.agreed for one in (source, target)]
    known = [one for one in agreed if one is not None]
    return {
        "consented": kept & ~_withdrawn((source.pk, target.pk)),
        "objected": source.objected | target.objected,
        "restricted": source.restricted or target.restricted,
        "ceased": source.ceased or target.ceased,
        "agreed": min(known) if len(known) == len(agreed) else None,
        "collected": min(source.collected, target.collected),
        "since": min(source.since, target.since),
    }


def _alone(one: Subject, other: Subject, using: str) -> int:
    """Consents that only `one` gave and that cover nothing of the `other`."""
    in_force = gate.in_force()
    points = moving.points_of(other.pk, using)
    covered: set[str] = set()
    for _, policy in in_force.policies:
        for point in points:
            clause = policy.collect.get(point)
            covered |= set(clause.purposes) if clause else set(policy.purposes)
    mask = in_force.mask(name for name in _known(in_force) if name not in covered)
    return one.consented & ~other.consented & mask


def _withdrawn(subjects: Iterable[UUID]) -> int:
    """Consents that either took back and the journal still tells of."""
    in_force, database = gate.in_force(), keystore().database
    known = set(_known(in_force))
    named = {
        detail
        for one in subjects
        for kind, detail in journal.denials_of(database, one)
        if kind == journal.WITHDRAWN and detail in known
    }
    return in_force.mask(named)


def _known(in_force: gate.Gate) -> set[str]:
    return {name for _, policy in in_force.policies for name in policy.purposes}


def _categories(subject: UUID, using: str) -> frozenset[str]:
    return moving.categories_of(subject, keystore().keys.fetch_of([subject]), using)


def _meet(joined: str, other: str, left: frozenset[str], right: frozenset[str]) -> bool:
    """Whether the one holds what is never linked, and the other something to link it with."""
    if not any(gate.covers(joined, one) for one in left):
        return False
    return any(gate.covers(other, one) and not gate.covers(joined, one) for one in right)


def _unique_with(model: Any, name: str) -> Iterator[tuple[tuple[str, ...], models.Q]]:
    """Each rule that lets there be one row per subject only: other columns, and for which rows."""
    if model._meta.get_field(name).unique:
        yield (), models.Q()
    for rule in model._meta.constraints:
        if isinstance(rule, UniqueConstraint) and name in rule.fields:
            others = tuple(field for field in rule.fields if field != name)
            yield others, rule.condition or models.Q()
    for fields in model._meta.unique_together:
        if name in fields:
            yield tuple(field for field in fields if field != name), models.Q()


def _twice(  # noqa: PLR0917 - all are needed, and none has a default
    model: Any,
    column: models.Field,
    fields: tuple[str, ...],
    condition: models.Q,
    source: UUID,
    target: UUID,
    using: str,
) -> set[Any]:
    rows = model._base_manager.using(using).filter(condition)
    names = ("pk", *fields)
    theirs = {tuple(one[1:]) for one in rows.filter(**{column.name: target}).values_list(*names)}
    own = rows.filter(**{column.name: source}).values_list(*names)
    return {pk for pk, *values in own if tuple(values) in theirs}

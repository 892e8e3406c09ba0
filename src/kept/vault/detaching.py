"""Rows that stay without their person: emptied, and in the name of nobody.

Rules: a row is detached where it is declared so, and where somebody else's rows or share hang on
it; each one gets a pseudo-person of its own, so that what stays of one person cannot be put
together again; a way that can be empty is emptied; an envelope goes, as its key is gone.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Case, F, Q, Value, When

from kept import gate
from kept._kit.ids import new_id
from kept.vault.codec import EMPTY
from kept.vault.fields.envelope import OURS
from kept.vault.holdings import Holding
from kept.vault.holdings.linked import first_of, model_of
from kept.vault.models import State, Subject


def detach(holding: Holding, pks: Sequence[Any], subject: UUID, using: str) -> None:
    """Cut every way from these rows to `subject` and empty what they hold of them."""
    model = model_of(holding)
    rows = model._base_manager.using(using).filter(pk__in=pks)
    if holding.columns:
        rows.update(**empty(holding))
    for path in holding.paths:
        column = first_of(model, path)
        own = [*rows.filter(Q(**{path: subject})).values_list("pk", flat=True)]
        if not own or column is None:
            continue
        if column.null:
            rows.filter(pk__in=own).update(**{column.name: None})
        elif not column.is_relation and not column.primary_key:
            _give(model, column, own, {pk: new_id() for pk in own}, using)
        elif column.related_model is Subject:
            _give(model, column, own, pseudo_persons(own, using), using)


def pseudo_persons(pks: Sequence[Any], using: str) -> dict[Any, UUID]:
    """A new subject who is nobody, for each of these rows."""
    ordinal, _ = gate.in_force().in_force
    made = {pk: Subject(state=State.PSEUDO, collected=ordinal) for pk in pks}
    Subject.objects.using(using).bulk_create(made.values())
    return {pk: person.pk for pk, person in made.items()}


def empty(holding: Holding) -> dict[str, Any]:
    """What the declared columns hold once they are emptied."""
    fields = (model_of(holding)._meta.get_field(name) for name in holding.columns)
    return {field.name: None if field.null else field.get_default() for field in fields}


def _give(model: Any, column: Any, pks: Sequence[Any], ids: dict[Any, UUID], using: str) -> None:
    shape = getattr(model, "_kept_shape", None)
    whose = Case(
        *(When(pk=pk, then=Value(ids[pk], models.UUIDField())) for pk in pks),
        output_field=models.UUIDField(),
    )
    changed: dict[str, Any] = {column.name: whose}
    if shape is not None and column.name == "subject":
        changed |= {shape.envelope: EMPTY, "revision": F("revision") + 1}
    rows = model._base_manager.using(using).filter(pk__in=pks)
    setattr(rows.query, OURS, True)  # the one place besides merging that gives a row away
    rows.update(**changed)

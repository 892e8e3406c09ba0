"""Link rows for clear-text models: made when a row is saved, and set by set for those there are.

Rules: a row is linked to whoever its identifying column stands for; a row without an identifier is
linked to nobody and counted as such; a row that is linked stays that person's; what prevents a link
never prevents the host's own save, but is told in the log and counted; a row that is gone takes its
link along.
"""

import logging
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, transaction
from django.db.models.signals import post_delete, post_save

from kept import gate
from kept._kit.errors import KeptError
from kept.vault import identifiers, subjects
from kept.vault.adopting.owners import Owners
from kept.vault.adopting.waiting import stand_still
from kept.vault.holdings import Holding, holdings
from kept.vault.holdings.links import as_text, gone, keys, links_of
from kept.vault.models import Link

_BATCH = 500
_log = logging.getLogger("kept.vault")
Told = Callable[[int, int], None]


def watch(holding: Holding) -> None:
    """Link rows of this model from now on, as they are saved, and unlink them as they go."""
    if holding.link == "pk":
        model = apps.get_model(holding.label)
        post_save.connect(_saved, sender=model, dispatch_uid=f"kept.link.{holding.label}")
        post_delete.connect(_deleted, sender=model, dispatch_uid=f"kept.unlink.{holding.label}")


def subject_of(row: Any) -> UUID | None:
    """Whose a row is: by its own key to the subject, else by its link row."""
    own: UUID | None = getattr(row, "subject_id", None)
    if own is not None:
        return own
    if not hasattr(row, "_state"):  # a user that is no model's row has no link
        return None
    using = row._state.db or DEFAULT_DB_ALIAS
    # `__class__`, not `type()`: a request's user is a lazy object in front of the real one.
    found = links_of(row.__class__, using).filter(row=as_text(row.pk))
    return found.values_list("subject", flat=True).first()


def link(row: Any, subject: UUID) -> None:
    """Note that a stored row is about `subject`, unless it is somebody's already."""
    using = row._state.db or DEFAULT_DB_ALIAS
    made = Link(table=row._meta.label_lower, row=as_text(row.pk), subject_id=subject)
    Link.objects.using(using).bulk_create([made], ignore_conflicts=True)


def link_all(holding: Holding, told: Told, *, using: str = DEFAULT_DB_ALIAS) -> int:
    """Link every row that is not, and drop links of rows that are gone; how many were linked.

    In batches of their own transactions: may be interrupted and done again. Raises
    `NotStoredError` where an erasure is under way.
    """
    model: Any = apps.get_model(holding.label)
    gone(model, using).delete()
    kind, done, last = holding.fields[holding.found_by], 0, None
    rows = unlinked(holding, using=using).order_by("pk")
    total, seen = rows.count(), 0
    while True:
        later = rows if last is None else rows.filter(pk__gt=last)
        some = list(later.values_list("pk", holding.found_by)[:_BATCH])
        if not some:
            return done
        done += _link_some(model, some, kind, using)
        last, seen = some[-1][0], seen + len(some)
        told(seen, max(seen, total))


def unlinked(holding: Holding, *, using: str = DEFAULT_DB_ALIAS) -> Any:
    """The rows of a linked model that nobody is known for."""
    model: Any = apps.get_model(holding.label)
    return model._base_manager.using(using).exclude(pk__in=keys(model))


def linked_models() -> list[Holding]:
    """The models whose rows have link rows."""
    return [one for _, one in sorted(holdings().items()) if one.found_by]


def _link_some(model: Any, rows: list[tuple[Any, Any]], kind: str, using: str) -> int:
    named = [(pk, None, str(value)) for pk, value in rows if value]
    named = [one for one in named if identifiers.normal(kind, one[2])]
    if not named:
        return 0
    ordinal, _ = gate.in_force().in_force
    with transaction.atomic(using=using):
        stand_still(connections[using], Link)
        owned = Owners(model, using, ordinal).of(named, kind=kind)
        made = [
            Link(table=model._meta.label_lower, row=as_text(pk), subject_id=subject)
            for pk, subject in owned.items()
        ]
        Link.objects.using(using).bulk_create(made, ignore_conflicts=True)
    return len(made)


def _saved(sender: Any, instance: Any, using: str, **_: Any) -> None:
    holding = holdings().get(sender._meta.label)
    if holding is None or not holding.found_by:
        return
    value = instance.__dict__.get(holding.found_by)
    kind = holding.fields[holding.found_by]
    try:
        if not value or not identifiers.normal(kind, str(value)):
            return
        with transaction.atomic(using=using):
            _link_saved(instance, kind, str(value), using)
    except (KeptError, DatabaseError) as error:
        _log.warning(
            "a row of %s is linked to nobody: %s", sender._meta.label, type(error).__name__
        )


def _link_saved(row: Any, kind: str, value: str, using: str) -> None:
    known = links_of(type(row), using).filter(row=as_text(row.pk))
    subject = known.values_list("subject", flat=True).first()
    if subject is None:
        link(row, subjects.find_or_make(kind, value, using=using).pk)
    elif identifiers.claim(kind, value, subject) != subject:
        _log.warning(
            "a row of %s has an identifier of somebody else than it is linked to", row._meta.label
        )


def _deleted(sender: Any, instance: Any, using: str, **_: Any) -> None:
    links_of(sender, using).filter(row=as_text(instance.pk)).delete()

"""What an erasure leaves of a subject: rows under spared keys, held clear text, what those hang on.

Rules: a sealed row is told by the key id in its envelope's or file's header, without opening it;
clear text has no key, so it stays by table: where a standing hold covers one of its categories, or
where nothing says what is in it; a row to which one that stays refers by a key that deletes or
forbids stays too, as long as that.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import F, Func, Value

from kept import gate
from kept.vault import files, placing
from kept.vault.holdings import Holding, holdings
from kept.vault.holdings.linked import keys_of, model_of
from kept.vault.keystore import ID_BYTES, keystore
from kept.vault.models import Link, SealedFile
from kept.vault.placing import Standing

_FILES = SealedFile._meta.label


def with_key(rows: Any) -> Any:
    """`rows` of a sealed model, each with the id of its key as `_kept_key`."""
    key = Func(
        F(rows.model._kept_shape.envelope), Value(2), Value(ID_BYTES),
        function="SUBSTR", output_field=models.BinaryField(),
    )  # fmt: skip
    return rows.annotate(_kept_key=key)


@dataclass(frozen=True, slots=True)
class Spared:
    """What an erasure of one subject must leave alone. False where that is nothing."""

    keys: Collection[bytes] = ()
    holds: Collection[Standing] = ()
    """For what has no key: clear text."""

    def __bool__(self) -> bool:
        return bool(self.keys or self.holds)


def spared(subject: UUID) -> Spared:
    """What the laws and holds spare that stand on `subject` now."""
    return Spared(frozenset(keystore().keys.spared(subject)), placing.holds(subject))


def hold_on(holding: Holding, holds: Collection[Standing]) -> Standing | None:
    """The hold that keeps the clear text of a table, the one that lasts longest; None for none.

    A table of which nobody said what is in it is kept by any of them: it may be what is covered.
    """
    there = _categories(holding)
    covering = [one for one in holds if there is None or any(_may_be(one, what) for what in there)]
    return max(covering, key=lambda one: one.until, default=None)


def _may_be(hold: Standing, category: str) -> bool:
    """A column that is declared in general (`contact`) may hold what is held (`contact.email`)."""
    return hold.covers(category) or any(gate.covers(category, one) for one in hold.categories)


def _categories(holding: Holding) -> Collection[str] | None:
    """The categories of a table's clear text; None where they are not known."""
    model = model_of(holding)
    if holding.erase == "keep" or model in (SealedFile, Link):
        return ()
    if holding.fields:
        return tuple(holding.fields.values())
    sealed = getattr(model, "_kept_shape", None) is not None
    ours = apps.get_app_config(model._meta.app_label).name.startswith("kept.")
    return () if sealed or ours else None


class Staying:
    """What stays of one subject, as far as it was asked for."""

    def __init__(self, subject: UUID, spared: Spared, using: str) -> None:
        self._subject, self._using = subject, using
        self._spared, self._holds = list(spared.keys), tuple(spared.holds)

    @property
    def spares(self) -> bool:
        """Whether anything stays at all."""
        return bool(self._spared or self._holds)

    def leave_out(self, holding: Holding, rows: Any) -> Any:
        """`rows` of the subject without those that stay."""
        if not self.spares:
            return rows
        if holding.label == _FILES:
            return rows.exclude(pk__in=self._files)
        if hold_on(holding, self._holds) is not None:
            return rows.none()
        if getattr(rows.model, "_kept_shape", None) is not None:
            rows = with_key(rows).exclude(_kept_key__in=self._spared)
        needed = self._needed.get(holding.label)
        return rows.exclude(pk__in=needed) if needed else rows

    def sealed(self, holding: Holding) -> Any | None:
        """The rows under spared keys; None for a model that seals nothing."""
        rows = model_of(holding)._base_manager.using(self._using).filter(holding.of(self._subject))
        if holding.label == _FILES:
            return rows.filter(pk__in=self._files)
        if getattr(rows.model, "_kept_shape", None) is None:
            return None
        return with_key(rows).filter(_kept_key__in=self._spared)

    def clear(self, holding: Holding) -> Any | None:
        """The rows of a table that a hold keeps whole, those under spared keys aside; or None."""
        if hold_on(holding, self._holds) is None:
            return None
        rows = model_of(holding)._base_manager.using(self._using).filter(holding.of(self._subject))
        if getattr(rows.model, "_kept_shape", None) is not None:
            rows = with_key(rows).exclude(_kept_key__in=self._spared)
        return rows

    @property
    def needed(self) -> dict[str, set[Any]]:
        """Rows that others which stay hang on, by label."""
        return self._needed if self.spares else {}

    @cached_property
    def _files(self) -> list[UUID]:
        rows = SealedFile.objects.using(self._using).filter(subject=self._subject)
        return [id for id in rows.values_list("pk", flat=True) if files.key_of(id) in self._spared]

    @cached_property
    def _needed(self) -> dict[str, set[Any]]:
        found: dict[str, set[Any]] = defaultdict(set)
        every = holdings().values()
        stays = (rows for one in every for rows in (self.sealed(one), self.clear(one)))
        todo = [rows for rows in stays if rows is not None]
        while todo:
            rows = todo.pop()
            for key in keys_of(rows.model):
                self._follow(key, rows, found, todo)
        return found

    def _follow(self, key: Any, rows: Any, found: dict[str, set[Any]], todo: list[Any]) -> None:
        label = key.related_model._meta.label
        holding = holdings().get(label)
        if holding is None or holding.erase == "keep":
            return
        known = found[label]
        values = rows.filter(**{f"{key.name}__isnull": False}).values_list(key.attname, flat=True)
        new = set(values.distinct()) - known
        if new:
            known |= new
            more = key.related_model._base_manager.using(self._using).filter(pk__in=new)
            todo.append(more)

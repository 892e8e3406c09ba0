"""What an erasure leaves of a subject: rows under spared keys, and the rows that those hang on.

Rules: a row is told by the key id in its envelope's or file's header, without opening it; a row to
which one that stays refers by a key that deletes or forbids stays too, unreadable, as long as that.
"""

from collections import defaultdict
from collections.abc import Collection
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import F, Func, Value

from kept.vault import files
from kept.vault.holdings import Holding, holdings
from kept.vault.holdings.linked import keys_of, model_of
from kept.vault.keystore import ID_BYTES
from kept.vault.models import SealedFile

_FILES = SealedFile._meta.label


def with_key(rows: Any) -> Any:
    """`rows` of a sealed model, each with the id of its key as `_kept_key`."""
    key = Func(
        F(rows.model._kept_shape.envelope), Value(2), Value(ID_BYTES),
        function="SUBSTR", output_field=models.BinaryField(),
    )  # fmt: skip
    return rows.annotate(_kept_key=key)


class Staying:
    """What stays of one subject, as far as it was asked for."""

    def __init__(self, subject: UUID, spared: Collection[bytes], using: str) -> None:
        self._subject, self._spared, self._using = subject, list(spared), using

    @property
    def spares(self) -> bool:
        """Whether anything stays at all."""
        return bool(self._spared)

    def leave_out(self, holding: Holding, rows: Any) -> Any:
        """`rows` of the subject without those that stay."""
        if not self._spared:
            return rows
        if holding.label == _FILES:
            return rows.exclude(pk__in=self._files)
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

    @property
    def needed(self) -> dict[str, set[Any]]:
        """Rows that others which stay hang on, by label."""
        return self._needed if self._spared else {}

    @cached_property
    def _files(self) -> list[UUID]:
        rows = SealedFile.objects.using(self._using).filter(subject=self._subject)
        return [id for id in rows.values_list("pk", flat=True) if files.key_of(id) in self._spared]

    @cached_property
    def _needed(self) -> dict[str, set[Any]]:
        found: dict[str, set[Any]] = defaultdict(set)
        sealed = (self.sealed(holding) for holding in holdings().values())
        todo = [rows for rows in sealed if rows is not None]
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

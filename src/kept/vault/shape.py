"""What a model keeps sealed: its envelope, its sealed fields, its clause. One value per model."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol
from uuid import UUID

from django.db import models

from kept.vault.codec import Place
from kept.vault.errors import NO_SUBJECT, NotStoredError


class Sealable(Protocol):
    """A sealed field, as far as those below `kept.vault.fields` need it."""

    name: str
    category: str
    model: Any
    blank: bool

    @property
    def converts(self) -> bool:
        """Whether the stored form is not Python's."""

    @property
    def unique(self) -> bool:
        """Whether it was declared unique."""

    def to_sealed(self, value: Any) -> Any:
        """The form that the envelope holds."""

    def from_sealed(self, stored: Any) -> Any:
        """Python's form of it."""

    def get_default(self) -> Any:
        """What a row without a value has."""


@dataclass(eq=False)
class Shape:
    """How the rows of `model` are sealed. Found at `model._kept_shape`."""

    model: type[models.Model]
    envelope: str
    """Name of the envelope's column."""
    table: str
    """The name that envelopes are bound to; it outlives a renamed model (`Kept.sealed_as`)."""
    collect: str | None
    """The clause, or None where each row names its own in `point`."""
    found_by: str | None
    """The sealed field that finds or makes the subject."""
    open_fields: bool
    """True where rows hold named values with their own categories instead of a schema."""

    @cached_property
    def fields(self) -> Mapping[str, Sealable]:
        """The sealed fields by name."""
        return {
            field.name: field
            for field in self.model._meta.private_fields
            if getattr(field, "is_sealed", False)
        }

    @cached_property
    def pk(self) -> str:
        """Attribute of the id that envelopes are bound to: a `RowId`, else the primary key.

        A child of a stored model has it before the id of its own table.
        """
        bound = (f for f in self.model._meta.concrete_fields if hasattr(f, "binds_envelope"))
        return str(next(bound, self.model._meta.pk).attname)

    @cached_property
    def categories(self) -> Mapping[str, str]:
        """The category of each sealed field."""
        return {name: field.category for name, field in self.fields.items()}

    @cached_property
    def readers(self) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
        """How stored values become Python's, for the fields where they differ."""
        return tuple(
            (name, field.from_sealed) for name, field in self.fields.items() if field.converts
        )

    @cached_property
    def label(self) -> str:
        """For messages: `shop.Inquiry`."""
        return self.model._meta.label

    def point(self, row: Any) -> str | None:
        """The collection point of `row`."""
        return self.collect if self.collect is not None else getattr(row, "point", None)

    def place(self, row: Any, revision: int | None = None) -> Place:
        """Where the envelope of `row` belongs. Raises `NotStoredError` V011 without a subject."""
        subject: UUID | None = row.subject_id
        if subject is None:
            raise NotStoredError(
                NO_SUBJECT, f"a row of `{self.label}` has sealed values, no subject"
            )
        if not isinstance(subject, UUID):
            subject = UUID(str(subject))
        row_id = getattr(row, self.pk)
        return Place(self.table, row_id, subject, row.revision if revision is None else revision)


def shape_of(row: Any) -> Shape:
    """The shape of a row or model."""
    found: Shape = row._kept_shape
    return found

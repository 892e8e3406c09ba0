"""The kinds of sealed field: Django's own fields for validation and forms, sealed for storage.

Rule: what an envelope holds is text, numbers, booleans and lists or dicts of them; each kind says
how its Python value becomes that and comes back unchanged.
"""

import datetime
import decimal
from typing import Any

from django.db import models
from django.utils import timezone

from kept.vault.fields.base import SealedField


class Char(SealedField, models.CharField):
    """One line of text."""


class Text(SealedField, models.TextField):
    """Text of any length."""


class Email(SealedField, models.EmailField):
    """An email address."""


class URL(SealedField, models.URLField):
    """A web address."""


class Phone(SealedField, models.CharField):
    """A phone number as it was given; at most 40 characters where nothing else is said."""

    def __init__(self, category: str, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        super().__init__(category, *args, **kwargs)

    def formfield(self, **kwargs: Any) -> Any:
        """A form field with the keyboard for numbers."""
        from django import forms

        return super().formfield(**{"widget": forms.TextInput(attrs={"type": "tel"}), **kwargs})


class Integer(SealedField, models.IntegerField):
    """A whole number of up to 64 bits."""

    validators: Any = ()  # the column's range does not apply: there is none

    def to_sealed(self, value: Any) -> Any:
        """A number."""
        return None if value is None else int(value)


class Boolean(SealedField, models.BooleanField):
    """Yes or no."""

    def to_sealed(self, value: Any) -> Any:
        """A boolean."""
        return None if value is None else bool(value)


class Date(SealedField, models.DateField):  # type: ignore[misc] # private_only is positional there
    """A day."""

    converts = True

    def to_sealed(self, value: Any) -> Any:
        """ISO 8601."""
        made = self.to_python(value)
        return None if made is None else made.isoformat()

    def from_sealed(self, stored: Any) -> datetime.date | None:
        """A date."""
        return None if stored is None else datetime.date.fromisoformat(stored)


class DateTime(SealedField, models.DateTimeField):  # type: ignore[misc] # as above
    """A moment; a naive one is taken in the current time zone, as Django does."""

    converts = True

    def to_sealed(self, value: Any) -> Any:
        """ISO 8601 with its offset."""
        made = self.to_python(value)
        if made is not None and timezone.is_naive(made):
            made = timezone.make_aware(made)
        return None if made is None else made.isoformat()

    def from_sealed(self, stored: Any) -> datetime.datetime | None:
        """An aware moment in UTC."""
        if stored is None:
            return None
        return datetime.datetime.fromisoformat(stored).astimezone(datetime.UTC)


class Decimal(SealedField, models.DecimalField):
    """An exact number."""

    converts = True

    def to_sealed(self, value: Any) -> Any:
        """Its digits."""
        made = self.to_python(value)
        return None if made is None else str(made)

    def from_sealed(self, stored: Any) -> decimal.Decimal | None:
        """A decimal."""
        return None if stored is None else decimal.Decimal(stored)


class JSON(SealedField, models.JSONField):
    """Lists and dicts of text, numbers and booleans."""

    changes_in_place = True

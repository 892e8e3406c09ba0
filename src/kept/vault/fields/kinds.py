"""The kinds of sealed field: Django's own fields for validation and forms, sealed for storage.

Rules: what an envelope holds is text, numbers, booleans and lists or dicts of them; a value becomes
what Django's field would have stored in its column ("False" is no, 5 in a text is "5"), and what
cannot is an error, never another value.
"""

import datetime
import decimal
import json
from typing import Any

from django.db import models
from django.db.backends.utils import format_number

from kept.vault.errors import BAD_VALUE, RefusedError
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


class Boolean(SealedField, models.BooleanField):
    """Yes or no."""


class Date(SealedField, models.DateField):  # type: ignore[misc] # private_only is positional there
    """A day."""

    converts = True

    def to_sealed(self, value: Any) -> Any:
        """ISO 8601."""
        made = self.get_prep_value(value)
        return None if made is None else made.isoformat()

    def from_sealed(self, stored: Any) -> datetime.date | None:
        """A date."""
        return None if stored is None else datetime.date.fromisoformat(stored)


class DateTime(SealedField, models.DateTimeField):  # type: ignore[misc] # as above
    """A moment; a naive one is taken in the default time zone, with Django's warning."""

    converts = True

    def to_sealed(self, value: Any) -> Any:
        """ISO 8601 with its offset."""
        made = self.get_prep_value(value)
        return None if made is None else made.isoformat()

    def from_sealed(self, stored: Any) -> datetime.datetime | None:
        """An aware moment in UTC."""
        if stored is None:
            return None
        return datetime.datetime.fromisoformat(stored).astimezone(datetime.UTC)


class Decimal(SealedField, models.DecimalField):
    """An exact number of `decimal_places`, rounded to them as a column would."""

    converts = True

    def to_sealed(self, value: Any) -> Any:
        """Its digits. Raises `RefusedError` V018 for more of them than `max_digits`."""
        try:
            return format_number(self.get_prep_value(value), self.max_digits, self.decimal_places)
        except decimal.InvalidOperation:
            raise RefusedError(
                BAD_VALUE, f"more than {self.max_digits} digits", place=str(self)
            ) from None

    def from_sealed(self, stored: Any) -> decimal.Decimal | None:
        """A decimal."""
        return None if stored is None else decimal.Decimal(stored)


class JSON(SealedField, models.JSONField):
    """What JSON can say; `encoder` and `decoder` do what they do for Django's field."""

    changes_in_place = True

    def __init__(self, category: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(category, *args, **kwargs)
        self.converts = self.decoder is not None

    def to_sealed(self, value: Any) -> Any:
        """As JSON would give it back. Raises `RefusedError` V018 for what JSON cannot say."""
        try:
            return json.loads(json.dumps(value, cls=self.encoder))
        except (TypeError, ValueError, RecursionError) as error:
            raise RefusedError(
                BAD_VALUE, f"JSON cannot say it: {type(error).__name__}", place=str(self),
                do="convert it first, or name an `encoder`",
            ) from None  # fmt: skip

    def from_sealed(self, stored: Any) -> Any:
        """As the `decoder` makes it, where there is one."""
        return json.loads(json.dumps(stored), cls=self.decoder)

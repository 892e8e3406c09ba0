"""Sealed fields and the models that carry them: `from kept.vault import fields`.

Outsiders import from here; Django must have its apps loaded (so: models, not settings).
"""

from kept.vault.fields.base import SealedField
from kept.vault.fields.envelope import (
    CollectedField,
    EnvelopeField,
    OneSubjectKey,
    RowId,
    SinceField,
    SubjectKey,
)
from kept.vault.fields.kinds import (
    JSON,
    URL,
    Boolean,
    Char,
    Date,
    DateTime,
    Decimal,
    Email,
    Integer,
    Phone,
    Text,
)
from kept.vault.fields.model import AdoptedModel, Model, SealedRow
from kept.vault.fields.openfields import DynamicModel, OpenValues
from kept.vault.fields.queryset import SealedManager, SealedQuerySet
from kept.vault.opening import at_hand

for _public in (
    *(JSON, URL, Boolean, Char, Date, DateTime, Decimal, Email, Integer, Phone, Text),
    *(CollectedField, EnvelopeField, OneSubjectKey, RowId, SinceField),
    *(SubjectKey, SealedRow),
):
    # Migrations of host projects name these classes: by where they are offered, not where they are.
    _public.__module__ = __name__

__all__ = [
    "JSON",
    "URL",
    "AdoptedModel",
    "Boolean",
    "Char",
    "CollectedField",
    "Date",
    "DateTime",
    "Decimal",
    "DynamicModel",
    "Email",
    "EnvelopeField",
    "Integer",
    "Model",
    "OneSubjectKey",
    "OpenValues",
    "Phone",
    "RowId",
    "SealedField",
    "SealedManager",
    "SealedQuerySet",
    "SealedRow",
    "SinceField",
    "SubjectKey",
    "Text",
    "at_hand",
]

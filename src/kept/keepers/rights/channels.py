"""The addresses of a person that stand anywhere in what is held about them.

Rules: found in the holdings, opened as the person's own data, for reaching them about their own
request; a table that cannot be read hides only its own addresses.
"""

import logging
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import DatabaseError

from kept import gate, vault
from kept._kit.errors import KeptError
from kept.vault.fields import DynamicModel

MOST = 20
"""Distinct addresses of one person that are told; more than that are nobody's."""
_EMAIL = "contact.email"
_BATCH = 500
log = logging.getLogger("kept.rights")


def addresses(subject: UUID) -> tuple[str, ...]:
    """Each address once, as it was first found, and still standing for that person."""
    found: dict[str, str] = {}
    with gate.purpose(gate.OWN_DATA, actor=gate.Actor("subject", str(subject)), leased=True):
        for table in vault.everything(subject):
            try:
                for address in _of_table(table):
                    found.setdefault(vault.normal(_EMAIL, address), address)
                    if len(found) >= MOST:
                        break
            except (DatabaseError, KeptError) as error:
                log.warning("addresses in %s: %s", table.holding.label, type(error).__name__)
    return tuple(one for one in found.values() if vault.find(_EMAIL, one) == subject)


def _of_table(table: Any) -> Iterator[str]:
    shape = getattr(table.rows.model, "_kept_shape", None)
    if shape is None:
        return
    names = [name for name, category in shape.categories.items() if category == _EMAIL]
    if not names and not shape.open_fields:
        return
    for row in table.rows.iterator(chunk_size=_BATCH):
        for value in _values(row, names):
            if isinstance(value, str) and value:
                yield value


def _values(row: Any, names: list[str]) -> Iterator[object]:
    if isinstance(row, DynamicModel):
        for name in row.names():
            if row.category(name) == _EMAIL:
                yield row.open(name)
    else:
        for name in names:
            yield getattr(row, name)

"""The stored envelope of a row, and what it is bound to: loaded together where it was deferred."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS

from kept.vault.shape import Shape, shape_of


def raw_of(row: Any) -> bytes:
    """The stored envelope of `row`, loaded with what it is bound to where it was deferred."""
    shape = shape_of(row)
    known = row.__dict__
    if shape.envelope not in known or "revision" not in known:
        if row._state.adding:
            return b""
        load(row, shape)
    raw: bytes = known[shape.envelope]
    return raw


def load(row: Any, shape: Shape) -> None:
    """Load the envelope and what it is bound to, together, leaving unsaved values alone."""
    names = (shape.envelope, "revision", "subject_id", "collected", shape.pk)
    found = shape.model._base_manager.using(using_of(row)).filter(pk=row.pk).values_list(*names)
    row.__dict__.update(zip(names, found.get(), strict=True))
    row.__dict__[shape.envelope] = bytes(row.__dict__[shape.envelope])


def using_of(row: Any) -> str:
    """The database that `row` came from."""
    return row._state.db or DEFAULT_DB_ALIAS

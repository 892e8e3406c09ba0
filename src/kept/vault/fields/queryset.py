"""Going through many rows: all of a page are made at once, `iterator()` makes some hundreds.

Django's own makes each row when it is asked for, so that each would fetch its key alone.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db import models

from kept.vault.fields.fetching import SealedRows

_TOGETHER = 500
"""Rows made at once: their keys are one query; more would make a leased scope end among them."""


class SealedQuerySet(models.QuerySet[Any]):
    """The querysets of models with sealed fields; a host's own may derive from it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._iterable_class = SealedRows

    def iterator(self, chunk_size: int | None = None) -> Iterator[Any]:
        """As Django's, with keys and people fetched for hundreds of rows at once."""
        return _together(super().iterator(chunk_size), min(chunk_size or _TOGETHER, _TOGETHER))


def _together(rows: Iterator[Any], many: int) -> Iterator[Any]:
    while some := list(islice(rows, many)):
        yield from some


SealedManager = models.Manager.from_queryset(SealedQuerySet, "SealedManager")

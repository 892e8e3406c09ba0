"""Going through many rows: `iterator()` makes them some hundreds at a time.

Django's own makes each row when it is asked for, so that each would fetch its key alone.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db import models

_TOGETHER = 500
"""Rows made at once: their keys are one query; more would make a leased scope end among them."""


class SealedQuerySet(models.QuerySet[Any]):
    """The querysets of models with sealed fields; a host's own may derive from it."""

    def iterator(self, chunk_size: int | None = None) -> Iterator[Any]:
        """As Django's, with keys and people fetched for hundreds of rows at once."""
        return _together(super().iterator(chunk_size), min(chunk_size or _TOGETHER, _TOGETHER))


def _together(rows: Iterator[Any], many: int) -> Iterator[Any]:
    while some := list(islice(rows, many)):
        yield from some


SealedManager = models.Manager.from_queryset(SealedQuerySet, "SealedManager")

"""Moving a site's rows from its SQLite file into an empty PostgreSQL database, as they stand.

Steps: look at both; make the tables; copy every table, read it back, compare; commit. Rules:
nothing is opened and no key is asked for; the SQLite file stays as it is; rows come in one
transaction, so that whoever kills it leaves tables without rows, which the next run refuses as not
empty. Keys, record and files have places of their own and stay there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from kept._kit.errors import KeptError
from kept.conf import settings
from kept.vault.keystore import refuse_unfinished
from kept.vault.keystore.start import start_problems
from kept.vault.rehousing import origin
from kept.vault.rehousing.errors import NOT_MOVED
from kept.vault.rehousing.origin import Origin
from kept.vault.rehousing.target import Target, as_default

Told = Callable[[int, int], None]
_EVERY = 500


@dataclass(frozen=True, slots=True)
class Table:
    """One table that was moved."""

    name: str
    rows: int
    digest: str
    """Of its rows, the same in both databases; see `kinds`."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move came to."""

    tables: tuple[Table, ...]
    old: tuple[Path, ...]
    """The files that still hold the rows."""

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(table.rows for table in self.tables)


def move(address: str, *, told: Told = lambda _done, _total: None) -> Moved:
    """Move the rows of Django's default database to the `postgresql://` address.

    The site must not be served meanwhile; who writes to the SQLite file nevertheless waits.
    Raises `KeptError` V035, V050 to V054, and in production V005 where keys are in that cluster.
    """
    refuse_unfinished()
    file = origin.file()
    with as_default(address) as target, origin.opened(file) as source:
        target.require_empty()
        if settings().production:
            for problem in start_problems():
                raise problem
        source.require_whole()
        target.make_tables()
        with transaction.atomic():
            tables = _copied(source, target, told)
    return Moved(tables, origin.files(file))


def _copied(source: Origin, target: Target, told: Told) -> tuple[Table, ...]:
    rows, used = source.rows(), source.used()
    step = _Steps(told, 2 * sum(rows.values()))
    came = {}
    for name in target.empty(rows):
        came[name] = target.take(source, name, step)
        target.number_on(name, used.get(name, 0))
    target.require_references()
    for name, digest in came.items():
        if target.read_back(name, step).said() != digest.said():
            raise KeptError(NOT_MOVED, f"`{name}` is not the same in both databases")
    step.end()
    return tuple(Table(name, one.rows, one.said()) for name, one in came.items())


class _Steps:
    """Tells of progress, not of every row."""

    def __init__(self, told: Told, total: int) -> None:
        self._told, self._total, self._done = told, total, 0

    def __call__(self) -> None:
        self._done += 1
        if self._done % _EVERY == 0:
            self.end()

    def end(self) -> None:
        """Tell how far it is."""
        self._told(self._done, self._total)

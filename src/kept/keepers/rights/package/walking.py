"""One walk over the rows of a table, which every form of the copy is written from.

Rules: each row is read and opened once; the pages take the records as they come, the lines of the
CSV file and of the JSON document wait in spools until it is their turn in the ZIP.
"""

from collections.abc import Iterator
from contextlib import ExitStack

from kept.keepers.rights.package import machine
from kept.keepers.rights.package.gathering import Gathered
from kept.keepers.rights.package.history import Told
from kept.keepers.rights.package.records import Record
from kept.keepers.rights.package.spool import PART, Spool
from kept.keepers.rights.package.tables import Table


class Walks:
    """The walks of one copy, table by table; to be closed."""

    def __init__(self, gathered: Gathered) -> None:
        self._gathered = gathered
        self._cells: dict[str, Spool] = {}
        self._records: dict[str, Spool] = {}
        self._open = ExitStack()
        self._events = self._spool()
        self.told = 0
        """How many events were told."""
        self._signed = 0

    def over(self, table: Table) -> Iterator[Record]:
        """The records of `table`, written to the other forms as they are given."""
        cells = self._cells[table.label] = self._spool()
        lines = self._records[table.label] = self._spool()
        made = machine.Cells()
        for number, record in enumerate(self._gathered.records(table)):
            made.add(record)
            if made.size >= PART:
                cells.write(made.take())
            lines.write((b",\n" if number else b"\n") + machine.record(record))
            yield record
        cells.write(made.take())

    def cells(self, table: Table) -> Iterator[bytes]:
        """`tables/<table>.csv` of a table that was walked over."""
        return self._cells.pop(table.label).read()

    def records(self, table: Table) -> Iterator[bytes]:
        """The records of a table in the JSON document; nothing of one that holds nothing."""
        spool = self._records.pop(table.label, None)
        return iter(()) if spool is None else spool.read()

    def tell(self, event: Told) -> str:
        """Write an event to the JSON document; the file of its receipt, empty without one."""
        name = ""
        if event.receipt:
            self._signed += 1
            name = f"receipts/{self._signed:05}.receipt"
        self._events.write((b",\n" if self.told else b"\n") + machine.event(event, name))
        self.told += 1
        return name

    def events(self) -> Iterator[bytes]:
        """The events in the JSON document."""
        return self._events.read()

    def close(self) -> None:
        """Let go of what was not read."""
        self._open.close()

    def _spool(self) -> Spool:
        made = Spool()
        self._open.callback(made.close)
        return made

"""What a person at the terminal is told after sealing: loudly, what it did not reach."""

import sys
from collections.abc import Sequence

_OLD = (
    "ATTENTION: backups, dumps, copies and replicas that were made before now still hold these\n"
    "values in clear text, and so does what was exported or logged. Delete them, or let them\n"
    "expire and say so under [backups] in the policy. Restoring one brings the clear text back."
)
_WAL = "The write-ahead log and its archive count among them until their segments are gone.\n"


def sealed(
    model: str, names: Sequence[str], rows: int, *, postgres: bool, no_day: bool = False
) -> None:
    """After sealing."""
    lines = [
        f"\nSealed {', '.join(names)} of {model}: {rows:,} rows, each opened and compared before "
        "the clear columns were dropped; the table's files were rewritten.",
        _OLD,
    ]
    if postgres:
        lines.append(_WAL.rstrip())
    if no_day:
        lines.append("No column was named that says when a row was collected: keeps begin today.")
    sys.stderr.write("\n".join(lines) + "\n")


def unsealed(model: str, names: Sequence[str], rows: int) -> None:
    """After unsealing."""
    sys.stderr.write(
        f"\nUnsealed {', '.join(names)} of {model}: {rows:,} rows. They stand in clear text from "
        "now on, in backups too, and erasing a person's keys no longer makes them unreadable.\n"
    )

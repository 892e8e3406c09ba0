"""One engine: load both tables and the oracle, play the roles in order, print the rows.

The roles work on the same data, one after the other: who reads comes first, who verifies deletions
last. Processors are measured twice: as staff, whose every opening is on record before the data is
given, and as software, whose work is declared and gated and not recorded reading by reading.
"""

import sys
from collections.abc import Iterator
from typing import Any

from benchmarks import world
from benchmarks.gdprbench import mixes, schema, space
from benchmarks.gdprbench.oracle import Oracle
from benchmarks.gdprbench.playing import Played, play
from benchmarks.table import Row

AT_MOST = 1.5
_ASKED = 20


def measure() -> Iterator[Row]:
    """The space that the records take, a row per role, then copies of some people."""
    from django.db import connection

    from benchmarks.gdprbench.plain import Plain
    from benchmarks.gdprbench.sealed import Sealed
    from kept import gate

    oracle, plain, sealed = Oracle(), Plain(), Sealed()
    numbers = range(schema.RECORDS)
    oracle.load(numbers)
    yield from space.loaded(connection, sealed, plain, numbers)
    software = ("processor, as software", "processor", Sealed(gate.SYSTEM))
    roles: list[tuple[str, str, Any]] = [(role, role, sealed) for role in mixes.ROLES]
    for title, role, arm in (software, *roles):
        played = play(mixes.deal(role, schema.OPERATIONS), {"sealed": arm, "plain": plain}, oracle)
        arm.settle()
        yield _row(title, played, connection.vendor)
    yield _copies(oracle, connection.vendor)


def _row(title: str, played: Played, vendor: str) -> Row:
    seconds, theirs = played.total("sealed"), played.total("plain")
    count, wrong = len(played.names), sum(played.wrong.values())
    _tell(title, played, vendor)
    work = (
        f"{title}: {count:,} operations on {schema.RECORDS:,} records, {vendor} "
        f"({seconds:.1f} s, plain {theirs:.1f}, wall; {wrong} answers wrong)"
    )
    figure, low, high = played.ratio("sealed", "plain")
    return Row("B11", work, "times", figure, AT_MOST, low, high, wrong=wrong)


def _tell(title: str, played: Played, vendor: str) -> None:
    """Each operation's median, for who wants to know what a role pays for."""
    ours, theirs = played.medians("sealed"), played.medians("plain")
    for name in ours:
        print(
            f"   {vendor} {title}: {name} {ours[name] * 1e3:.2f} ms, "
            f"plain {theirs[name] * 1e3:.2f}", file=sys.stderr, flush=True,
        )  # fmt: skip


def _copies(oracle: Oracle, vendor: str) -> Row:
    """What an export walks, for some people: all that the oracle has of them, and no more."""
    from benchmarks.gdprbench.models import Record
    from kept import vault

    wrong, asked = 0, range(0, schema.USERS, max(1, schema.USERS // _ASKED))
    for user in asked:
        person = vault.find("email", schema.address(user))
        held = [] if person is None else list(vault.everything(person))
        rows = [row for one in held if one.rows.model is Record for row in one.rows]
        right = {number for number, *_ in oracle.read_metadata_by_user(user)}
        wrong += {row.number for row in rows} != right
    work = f"people of whom a copy finds other records than there are, of {len(asked)}, {vendor}"
    return Row("B11", work, "people", wrong, 0)


if __name__ == "__main__":
    world.tell(measure, text=schema.policy())

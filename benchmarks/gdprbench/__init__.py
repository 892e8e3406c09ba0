"""B11: GDPRbench's record, roles and mixes (VLDB 2020), every answer held against an oracle.

The four roles' operations on sealed records through the product's own face (`sealed.py`), and on
the same records in plain Django with none of it (`plain.py`), one operation at a time in turn. A
third, naive model in memory (`oracle.py`) says what each answer must be: one wrong answer fails the
row. `KEPT_BENCH_GDPR="20000 2000"` chooses how many records, and operations per role.
"""

from benchmarks import world
from benchmarks.table import Row


def run() -> list[Row]:
    """A row per role and engine, one of space per engine."""
    return world.on_engines("benchmarks.gdprbench.driver", settings=f"{__name__}.settings")

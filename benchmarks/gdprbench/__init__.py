"""B11: GDPRbench's record, roles and mixes (VLDB 2020), every answer held against an oracle.

The four roles' operations on sealed records through the product's own face (`sealed.py`), and on
the same records in plain Django with none of it (`plain.py`), one operation at a time in turn. A
third, naive model in memory (`oracle.py`) says what each answer must be: one wrong answer fails the
row. A fifth of the published size; `KEPT_BENCH_GDPR="100000 10000"` is the whole.
"""

from benchmarks import world
from benchmarks.table import Row


def run() -> list[Row]:
    """A row per role and engine, one of space per engine."""
    return world.on_engines("benchmarks.gdprbench.driver", settings=f"{__name__}.settings")

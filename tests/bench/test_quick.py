"""The benchmarks still work: each compares what its arms find before it times them.

Nothing is asserted about time.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["rows", "page", "erase", "scale"])
def test_a_benchmark_runs_and_its_arms_agree(name: str, tmp_path: Path):
    theirs = {key: one for key, one in os.environ.items() if not key.startswith("KEPT_TEST_")}
    told = tmp_path / "bench.json"
    environment = {
        **theirs,
        "QUICK": "1",
        "KEPT_BENCH_ENGINES": os.environ.get("KEPT_TEST_DB", "sqlite"),
        "KEPT_BENCH_JSON": str(told),
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", name],
        env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    rows = json.loads(told.read_text("utf-8"))["rows"]
    assert rows
    assert all(row["figure"] > 0 for row in rows)

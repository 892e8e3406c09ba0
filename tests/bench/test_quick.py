"""The benchmarks still work: each compares what its arms find before it times them.

Nothing is asserted about time.
"""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import NAMES

ROOT = Path(__file__).parents[2]
ENGINE = os.environ.get("KEPT_TEST_DB", "sqlite")
_WITHOUT_ENGINE = {"gate", "linkage", "weight"}
_ELSEWHERE = {"gdprbench"}
"""Has a file of tests of its own."""
_HERE = [
    name for name in NAMES
    if name not in _ELSEWHERE and (ENGINE == "sqlite" or name not in _WITHOUT_ENGINE)
]  # fmt: skip


@pytest.mark.parametrize("name", _HERE)
def test_a_benchmark_runs_and_its_arms_agree(name: str, tmp_path: Path):
    told = tmp_path / "bench.json"
    done = _bench(told, name)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(told.read_text("utf-8"))
    assert found["rows"]
    assert all(math.isfinite(row["figure"]) and not row["wrong"] for row in found["rows"])
    assert {"python", "packages", "sqlite", "processor", "cores"} <= set(found["environment"])


def test_every_target_has_a_benchmark():
    said = "".join(path.read_text("utf-8") for path in (ROOT / "benchmarks").rglob("*.py"))
    assert [number for number in range(1, 17) if f'"B{number}"' not in said] == []


def test_what_breaks_stops_no_other_and_fails_the_run(tmp_path: Path):
    broken = "import benchmarks.gate as g\ng.run = lambda: 1 / 0\n"
    (tmp_path / "sitecustomize.py").write_text(broken, "utf-8")
    told = tmp_path / "bench.json"
    done = _bench(told, "gate", "linkage", path=str(tmp_path))
    assert done.returncode == 1
    found = json.loads(told.read_text("utf-8"))
    assert found["broken"] == ["gate"]
    assert {row["id"] for row in found["rows"]} == {"B16"}


def _bench(told: Path, *names: str, path: str = "") -> "subprocess.CompletedProcess[str]":
    theirs = {key: one for key, one in os.environ.items() if not key.startswith("KEPT_TEST_")}
    environment = {
        **theirs,
        "QUICK": "1",
        "KEPT_BENCH_ENGINES": ENGINE,
        "KEPT_BENCH_JSON": str(told),
        "PYTHONPATH": os.pathsep.join(filter(None, [path, str(ROOT)])),
    }
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *names],
        env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip

"""Every row of the register that is shown has a check, and a sabotage that turned it red."""

import tomllib
from pathlib import Path

import pytest

from kept import promises
from kept.promises import proving
from tests.sabotage import cases

ROWS = tomllib.loads((Path(__file__).parents[1] / "register.toml").read_text("utf-8"))
UI = [id for id in ROWS if id.startswith("UI-")]


@pytest.mark.parametrize("id", UI)
def test_a_row_that_is_shown_has_promises_checks_and_sabotage(usimprints, id):
    row = ROWS[id]
    assert row["state"] == "shown"
    made = {one.id: one for one in promises.promises_of(promises.current().policy)}
    broken = {case.promise for case in cases()}
    for promise in row["promises"]:
        assert list(proving.checks_of(made[promise])), promise
        assert promise in broken, promise

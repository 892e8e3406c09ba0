"""Each check can fail: what breaks one promise turns exactly that one red, and green again."""

import pytest

from kept import promises, schedule
from tests.sabotage import collecting, deciding, keeping  # noqa: F401 - cases register so
from tests.sabotage.case import CASES

BACKED_UP = ("backups", "safeguards.care")
"""Promises whose proof needs a backup that was made and tried."""


def _broken() -> set[str]:
    return {one.promise.id for one in promises.verify().findings if one.state == "broken"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_exactly_the_promise_that_was_broken_turns_red(living, case):
    if case.promise in BACKED_UP:
        for job in ("backup.make", "backup.try"):
            schedule.run(job)
    assert _broken() == set()
    with case.apply(living):
        assert _broken() == {case.promise}
    assert promises.verify([case.promise]).findings[0].state == "kept"


def test_every_promise_of_the_reference_policy_has_a_sabotage(usimprints):
    promised = {one.id for one in promises.promises_of(promises.current().policy)}
    assert promised - {case.promise for case in CASES} == set()

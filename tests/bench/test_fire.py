"""The oracle of `make fire` sees what it is for: each loss and each error, and nothing else."""

from collections import Counter
from typing import Any

import pytest

from benchmarks.fire import browser, oracle, site
from benchmarks.fire.oracle import Acknowledged, Phase
from kept.policy import loads

ANN, BOB, CEM = "ann@example.org", "bob@example.org", "cem@example.org"


def said() -> Acknowledged:
    return Acknowledged({ANN: "one", BOB: "two"}, accounts=[CEM], erased=[BOB], erasing=[BOB])


def state(**changed: Any) -> dict[str, Any]:
    whole = {
        "inquiries": {ANN: ["one"]}, "leaves": {ANN: 1}, "accounts": [CEM],
        "known": [ANN, CEM], "waiting": {"events": 0},
    }  # fmt: skip
    return {**whole, **changed}


def phase(*answers: tuple[str, int], **more: Any) -> Phase:
    return Phase("quiet", answers=Counter([("browse", 200), *answers]), **more)


def test_a_whole_site_has_nothing_wrong() -> None:
    assert oracle.of_state(said(), state()) == []
    assert oracle.of_phase(phase(commands=[("retention run", 0, "")])) == []
    assert oracle.of_ledger(0, {"findings": []}) == []
    assert oracle.of_promises({"promises": [{"id": "a", "state": "unproven", "says": ""}]}) == []


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"inquiries": {}}, "lost: the inquiry"),
        ({"inquiries": {ANN: ["another"]}}, "lost: the inquiry"),
        ({"leaves": {}}, "no leaf"),
        ({"leaves": {ANN: 2}}, "no row"),
        ({"accounts": []}, "lost: the account"),
        ({"known": [ANN, BOB, CEM]}, "still known"),
        ({"waiting": {"events": 3}}, "3 events still wait"),
    ],
)
def test_what_the_stores_lack_is_seen(changed: dict[str, Any], word: str) -> None:
    (found,) = oracle.of_state(said(), state(**changed))
    assert word in found


def test_who_may_be_erased_already_need_not_be_there() -> None:
    one = Acknowledged({ANN: "one"}, accounts=[ANN], erasing=[ANN])
    nobody = state(inquiries={}, leaves={}, accounts=[], known=[])
    assert oracle.of_state(one, nobody) == []


@pytest.mark.parametrize(
    "wrong",
    [
        phase(("inquire", 500)),
        phase(("inquire", 0)),
        phase(unexpected=["403 for `inquire`"]),
        phase(commands=[("policy publish", 2, "P010")]),
        phase(log="Traceback (most recent call last):\n"),
        phase(log="database is locked"),
        phase(database_log="2026 ERROR:  deadlock detected\n"),
        Phase("quiet"),
    ],
)
def test_what_goes_wrong_in_a_phase_is_seen(wrong: Phase) -> None:
    assert len(oracle.of_phase(wrong)) == 1


def test_a_connection_may_break_only_where_processes_are_killed() -> None:
    killing = Counter({"web worker": 1})
    assert oracle.of_phase(phase(("inquire", 0), kills=killing)) == []
    assert oracle.of_phase(phase(("inquire", 502), kills=killing)) != []


def test_findings_of_the_record_and_broken_promises_are_seen() -> None:
    assert oracle.of_ledger(1, {"findings": [{"code": "L030", "message": "gone"}]}) != []
    assert oracle.of_ledger(1, {}) != []
    assert oracle.of_promises({}) != []
    assert oracle.of_promises({"promises": [{"id": "a", "state": "broken", "says": "x"}]}) != []


def test_the_policies_of_a_run_are_policies() -> None:
    assert loads(site.text(), "first").problems == loads(site.text(2), "second").problems == ()
    assert site.text(1) != site.text(2)


def test_a_form_is_sent_with_its_hidden_fields() -> None:
    page = '<input type="hidden" name="a" value="1&amp;2"><input name="b"><input name=c value=3>'
    assert browser.hidden(page) == {"a": "1&2"}

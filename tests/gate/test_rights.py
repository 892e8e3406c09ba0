"""Rights need identity and the absence of holds; nothing else stands against them."""

from datetime import date

import pytest

from kept.gate import Held, decide_right
from kept.gate.rights import NEEDS

TODAY = date(2026, 3, 1)
PROVEN = sorted(name for name, needs in NEEDS.items() if needs.identity)
OPEN = sorted(name for name, needs in NEEDS.items() if not needs.identity)
DESTROYING = {"erase", "expire"}


def test_saying_no_takes_no_proof_and_the_rest_does():
    assert OPEN == ["expire", "object", "suppress", "unsubscribe", "withdraw"]
    assert PROVEN == ["access", "cease", "correct", "erase", "export", "restrict"]


@pytest.mark.parametrize("right", PROVEN)
def test_it_must_be_proven_who_asks(right):
    assert decide_right(right, identity=True, today=TODAY).allowed is True
    for proof in (False, None, "", "yes", 1):
        denied = decide_right(right, identity=proof, today=TODAY)
        assert denied.allowed is False
        assert denied.missing == ("proof of identity",)


@pytest.mark.parametrize("right", OPEN)
def test_these_need_no_proof(right):
    assert decide_right(right, identity=False, today=TODAY).allowed is True


@pytest.mark.parametrize("right", sorted(NEEDS))
def test_a_hold_keeps_data_from_destruction_and_from_nothing_else(right):
    held = [Held("tax", ("financial",))]
    decision = decide_right(right, "financial.transaction", identity=True, today=TODAY, holds=held)
    assert decision.allowed is (right not in DESTROYING)
    if right in DESTROYING:
        assert decision.rules[0].clause == "holds.tax"


@pytest.mark.parametrize(
    ("category", "held", "allowed"),
    [
        ("contact.email", ("financial",), True),
        ("financial.transaction", ("financial",), False),
        ("financial.transaction", ("financial.transaction",), False),
        ("financial", ("financial.transaction",), False),
        ("contact.email", ("*",), False),
        ("*", ("financial",), False),
        ("*", (), True),
        ("financials.x", ("financial",), True),
    ],
)
def test_a_hold_covers_its_categories(category, held, allowed):
    holds = [Held("tax", held)]
    decision = decide_right("erase", category, identity=True, today=TODAY, holds=holds)
    assert decision.allowed is allowed


@pytest.mark.parametrize(
    ("until", "allowed"),
    [(None, False), (date(2026, 3, 2), False), (TODAY, False), (date(2026, 2, 28), True)],
)
def test_a_hold_ends_after_its_last_day(until, allowed):
    holds = [Held("dispute", until=until)]
    assert decide_right("erase", identity=True, today=TODAY, holds=holds).allowed is allowed


def test_every_hold_is_named():
    holds = [Held("tax"), Held("over", until=date(2020, 1, 1)), Held("dispute")]
    decision = decide_right("erase", identity=False, today=TODAY, holds=holds)
    assert [hit.clause for hit in decision.rules] == ["rights.erase", "holds.tax", "holds.dispute"]
    assert len(decision.missing) == 3


def test_an_unknown_right_is_denied():
    decision = decide_right("sell", identity=True, today=TODAY)
    assert decision.allowed is False
    assert "unknown right `sell`" in decision.explain()

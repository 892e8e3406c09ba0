"""Every vector: one defect (or its absence), one answer, and the rules that gave it."""

import pytest

from kept.gate import Facts, Request
from tests.gate import vector

PERMISSIVE = Facts(base=0, consented=(1 << 63) - 1)


@pytest.mark.parametrize("name", vector.names())
def test_the_gate_answers_as_the_vector_says(name):
    given = vector.read(name)
    gate = vector.compiled(given["versions"])
    request, facts = Request(**given["request"]), vector.facts(given["facts"], gate)
    first = gate.decide(request, facts)
    gate.decide(request, PERMISSIVE)
    decision = gate.decide(request, facts)
    assert decision == first  # worked out by the rules, then looked up
    expected = given["expect"]
    assert decision.allowed is expected["allowed"], decision.explain()
    denying = sorted({hit.rule for hit in decision.rules if not hit.allows})
    assert denying == expected["rules"], decision.explain()
    if "clause" in expected:
        assert expected["clause"] in [hit.clause for hit in decision.rules]
    assert bool(decision.missing) is not decision.allowed


ABOUT_MANY = [name for name in vector.names() if not vector.read(name)["facts"].get("own")]


@pytest.mark.parametrize("name", ABOUT_MANY)
def test_the_predicate_answers_as_the_vector_says(name):
    given = vector.read(name)
    gate = vector.compiled(given["versions"])
    facts, request = vector.facts(given["facts"], gate), dict(given["request"])
    predicate = gate.predicate(
        request.pop("purpose"), request.pop("category"), **request, moment=facts
    )
    assert predicate.matches(facts) is given["expect"]["allowed"]


def test_every_rule_has_vectors_on_both_sides():
    answers = {}
    for name in vector.names():
        answers.setdefault(name[0], set()).add(vector.read(name)["expect"]["allowed"])
    for rule in "234567b":
        assert answers[rule] == {True, False}, f"rule {rule}"

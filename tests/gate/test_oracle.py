"""The gate and a naive second implementation answer every question alike."""

from hypothesis import event, given, settings
from hypothesis import strategies as st

from kept import gate
from kept.gate import Facts, Request
from tests.gate import oracle, strategies

counts = settings(max_examples=strategies.EXAMPLES, deadline=None)


def compiled(history):
    return gate.compile(list(enumerate(history)), strategies.BITS)


@counts
@given(strategies.cases())
def test_the_gate_agrees_with_the_oracle(case):
    history, asked = case
    one = compiled(history)
    versions = dict(enumerate(history))
    for request, facts in asked:
        expected = oracle.allowed(versions, request, facts, strategies.BITS)
        assert one.decide(request, facts).allowed is expected  # by the rules
        one.decide(request, Facts(len(history) - 1, consented=(1 << 63) - 1))
        decision = one.decide(request, facts)  # looked up
        event(f"allowed: {expected}")
        assert decision.allowed is expected, decision.explain()
        assert all(hit.rule for hit in decision.rules), decision.explain()  # no error


@counts
@given(strategies.cases())
def test_the_predicate_agrees_with_the_gate(case):
    history, asked = case
    one = compiled(history)
    for request, facts in asked:
        predicate = one.predicate(
            request.purpose,
            request.category,
            operation=request.operation,
            collection=request.collection,
            recipient=request.recipient,
            occasion=request.occasion,
            moment=facts,
        )
        assert predicate.matches(facts) is one.decide(request, facts).allowed


@counts
@given(strategies.cases())
def test_a_gap_in_the_ordinals_is_an_unknown_version(case):
    history, asked = case
    spread = {2 * place: policy for place, policy in enumerate(history)}
    one = gate.compile(list(spread.items()), strategies.BITS)
    for request, facts in asked:
        expected = oracle.allowed(spread, request, facts, strategies.BITS)
        assert one.decide(request, facts).allowed is expected
        predicate = one.predicate(
            request.purpose,
            request.category,
            operation=request.operation,
            collection=request.collection,
            recipient=request.recipient,
            occasion=request.occasion,
            moment=facts,
        )
        assert predicate.matches(facts) is expected


@counts
@given(strategies.cases())
def test_asking_again_gives_the_very_same_object(case):
    history, asked = case
    one = compiled(history)
    for request, facts in asked:
        again = Request(*(getattr(request, name) for name in request.__struct_fields__))
        assert one.decide(request, facts) is one.decide(again, facts)


@counts
@given(
    strategies.histories,
    strategies.wild_requests(),
    st.dictionaries(
        st.sampled_from(Facts.__struct_fields__),
        st.one_of(st.none(), st.text(max_size=3), st.floats(), st.lists(st.integers())),
    ),
)
def test_whatever_the_facts_are_there_is_a_decision(history, request, broken):
    """Facts of the wrong kind never raise, and never allow more than unknown ones do."""
    one = compiled(history)
    decision = one.decide(request, Facts(**broken))
    assert isinstance(decision, gate.Decision)

"""What must hold between two answers, whatever the policy says."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kept import gate
from kept.gate import Facts, Request
from kept.policy import Policy
from tests.gate import strategies

counts = settings(max_examples=strategies.EXAMPLES, deadline=None)
SECTIONS = ("purposes", "collect", "recipients", "never", "disclosures")


def compiled(tables):
    return gate.compile(
        [(i, Policy.model_validate(one)) for i, one in enumerate(tables)], strategies.BITS
    )


@st.composite
def cases(draw):
    """A history as tables, with questions that its policies may cover."""
    history = draw(st.lists(strategies.tables(), min_size=1, max_size=3))
    chosen = Policy.model_validate(draw(st.sampled_from(history)))
    asked = [(draw(strategies.requests(chosen)), draw(strategies.facts)) for _ in range(8)]
    return history, asked


def backwards(tables):
    """The same clauses, in the opposite order."""
    return {
        key: dict(reversed(value.items())) if key in SECTIONS else value
        for key, value in reversed(tables.items())
    }


def changed(facts, **changes):
    kept = {name: getattr(facts, name) for name in facts.__struct_fields__}
    return Facts(**{**kept, **changes})


def never_more(one, other, asked):
    """What `other` allows, `one` allows as well."""
    for request, facts in asked:
        if other.decide(request, facts).allowed:
            assert one.decide(request, facts).allowed


@counts
@given(cases())
def test_the_order_of_clauses_does_not_matter(case):
    history, asked = case
    one, other = compiled(history), compiled([backwards(tables) for tables in history])
    for request, facts in asked:
        assert one.decide(request, facts).allowed is other.decide(request, facts).allowed


@counts
@given(cases(), strategies.bans, st.data())
def test_adding_a_ban_never_allows_more(case, ban, data):
    history, asked = case
    place = data.draw(st.integers(0, len(history) - 1))
    stricter = [dict(tables) for tables in history]
    stricter[place]["never"] = {**stricter[place]["never"], "added": ban}
    never_more(compiled(history), compiled(stricter), asked)


@counts
@given(cases(), st.data())
def test_taking_a_clause_away_never_allows_more(case, data):
    """Only clauses permit, so a policy with one of them less permits no more."""
    history, asked = case
    place = data.draw(st.integers(0, len(history) - 1))
    section = data.draw(st.sampled_from(("collect", "recipients", "disclosures", "purposes")))
    names = sorted(history[place][section])
    if not names:
        return
    gone = data.draw(st.sampled_from(names))
    if section != "purposes" and any("join" in ban for ban in history[place]["never"].values()):
        return  # a join ban forbids by what stands beside; without the neighbour it is no join
    less = [dict(tables) for tables in history]
    less[place][section] = {k: v for k, v in less[place][section].items() if k != gone}
    if section == "disclosures" and any("occasion" in b for b in history[place]["never"].values()):
        return  # a ban on an occasion reaches recipients through the disclosures that name it
    never_more(compiled(history), compiled(less), asked)


@counts
@given(cases())
def test_saying_no_never_allows_more(case):
    """Withdrawing, objecting, restricting, stopping, a signal: each only takes away."""
    history, asked = case
    one = compiled(history)
    for request, facts in asked:
        for no in (
            {"consented": 0},
            {"objected": sum(1 << bit for bit in strategies.BITS.values())},
            {"restricted": True},
            {"ceased": True},
            {"signals": facts.signals | {"do-not-track", "global-privacy-control"}},
            {"age": 0},
            {"place": "AQ"},
            {"met": frozenset()},
            {"base": None},
        ):
            if one.decide(request, changed(facts, **no)).allowed:
                assert one.decide(request, facts).allowed, no


@counts
@given(cases())
def test_a_later_base_never_allows_less(case):
    """ "The base and every version after it": the fewer versions bind, the more they allow."""
    history, asked = case
    one = compiled(history)
    for request, facts in asked:
        answers = [
            one.decide(request, changed(facts, base=base)).allowed for base in range(len(history))
        ]
        assert answers == sorted(answers)


@counts
@given(cases(), strategies.tables())
def test_a_new_version_never_gives_old_data_more(case, newer):
    history, asked = case
    never_more(
        compiled(history),
        compiled([*history, newer]),
        [(r, f) for r, f in asked if f.base is not None and f.base < len(history)],
    )


@counts
@given(cases())
def test_a_request_that_names_the_point_is_never_freer_than_one_that_does_not(case):
    """Save for join bans, which refuse a category outright where no point is named."""
    history, asked = case
    if any("join" in ban for tables in history for ban in tables["never"].values()):
        return
    one = compiled(history)
    for r, facts in asked:
        anywhere = Request(r.operation, r.category, r.purpose, None, r.recipient, r.occasion)
        if one.decide(r, facts).allowed:
            assert one.decide(anywhere, facts).allowed


@counts
@given(cases())
def test_the_quick_way_and_the_rules_agree(case):
    """Facts that the quick way leaves to the rules, though they change nothing, change nothing."""
    history, asked = case
    one = compiled(history)
    for request, facts in asked:
        slow = changed(facts, signals=facts.signals | {"a-signal-nobody-knows"})
        assert one.decide(request, facts) is one.decide(request, slow)

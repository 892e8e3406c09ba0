"""Where a request can go: the machine alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.keepers.rights.states import MOVES, OPEN, OVER, UNDER_WAY, State, may


def test_every_state_has_a_way_out_or_is_over():
    assert set(MOVES) == set(State)
    assert all(MOVES[one] for one in OPEN)
    assert not any(MOVES[one] for one in OVER)


def test_what_is_over_stays_over_and_nothing_goes_back():
    order = [State.ASKED, State.VERIFIED, State.DELAYED, State.WORKING]
    for now in State:
        for then in MOVES[now]:
            assert then in OVER or order.index(then) > order.index(now)


@given(st.lists(st.sampled_from(list(State)), max_size=12))
def test_a_request_that_is_carried_out_was_verified_before(wanted):
    """Whatever moves are tried in whatever order."""
    now, seen = State.ASKED, [State.ASKED]
    for then in wanted:
        if may(now, then):
            now = then
            seen.append(now)
    if State.WORKING in seen or State.DELAYED in seen:
        assert State.VERIFIED in seen
    assert len(seen) <= 5


@pytest.mark.parametrize("state", UNDER_WAY)
def test_only_what_is_known_to_be_theirs_is_under_way(state):
    assert state != State.ASKED

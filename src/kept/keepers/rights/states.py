"""Where a request can stand, and where it can go from there. Pure: no clock, no database.

asked -> verified -> [delayed] -> working -> done, with a way out at each step. Rules: nothing goes
back; what is over stays over; only erasing is delayed; a request whose person is not known ends
without having been verified (nothing held, lapsed, taken back).
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class State(StrEnum):
    """One state of a request."""

    ASKED = "asked"
    """A mail asks whether it was them."""
    VERIFIED = "verified"
    """It is known who asks; nothing but a restriction was done."""
    DELAYED = "delayed"
    """Erasing waits, so that it can be cancelled."""
    WORKING = "working"
    """It is being carried out, again and again until it is whole."""
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    """Nobody confirmed it in time, or nobody said what to change."""


OPEN: Final = (State.ASKED, State.VERIFIED, State.DELAYED, State.WORKING)
UNDER_WAY: Final = (State.VERIFIED, State.DELAYED, State.WORKING)
"""It is known who asks, and it is not over: one such request of a kind for each person."""
OVER: Final = (State.DONE, State.REFUSED, State.CANCELLED, State.LAPSED)

MOVES: Final[Mapping[State, frozenset[State]]] = MappingProxyType(
    {
        State.ASKED: frozenset({State.VERIFIED, *OVER}),
        State.VERIFIED: frozenset({State.DELAYED, State.WORKING, State.REFUSED, State.CANCELLED}),
        State.DELAYED: frozenset({State.WORKING, State.REFUSED, State.CANCELLED}),
        State.WORKING: frozenset(OVER),
        **{one: frozenset() for one in OVER},
    }
)


def may(now: str, then: State) -> bool:
    """Whether a request in state `now` may go to `then`."""
    return then in MOVES[State(now)]

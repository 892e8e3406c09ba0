"""Rights: what a person may always have done. They never pass the permit rules.

Needed: that it is the person (for all but opting out), and for erasing and expiring that no hold
covers the data. No policy clause, choice, version, signal or place is asked; a restricted, stopped
or never declared person has them all the same.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from kept.gate.asked import Request
from kept.gate.builtin import MAINTAIN, OWN_DATA
from kept.gate.clauses import covers
from kept.gate.decision import Decision, RuleHit

RightName = Literal[
    "access",
    "export",
    "correct",
    "erase",
    "restrict",
    "cease",
    "object",
    "withdraw",
    "unsubscribe",
    "suppress",
    "expire",
]


class Needs(msgspec.Struct, frozen=True):
    """What one right asks for."""

    identity: bool
    yields_to_holds: bool


NEEDS: Final[Mapping[str, Needs]] = MappingProxyType(
    {
        "access": Needs(identity=True, yields_to_holds=False),
        "export": Needs(identity=True, yields_to_holds=False),
        "correct": Needs(identity=True, yields_to_holds=False),
        "erase": Needs(identity=True, yields_to_holds=True),
        "restrict": Needs(identity=True, yields_to_holds=False),
        "cease": Needs(identity=True, yields_to_holds=False),
        # Saying no to something takes no proof: asking for more is itself a breach.
        "object": Needs(identity=False, yields_to_holds=False),
        "withdraw": Needs(identity=False, yields_to_holds=False),
        "unsubscribe": Needs(identity=False, yields_to_holds=False),
        "suppress": Needs(identity=False, yields_to_holds=False),
        # Nobody asks for it: the declared time is over.
        "expire": Needs(identity=False, yields_to_holds=True),
    }
)


class Held(msgspec.Struct, frozen=True):
    """One hold on a person's data: its reason in `[holds]`, what it covers, and its end."""

    reason: str
    categories: tuple[str, ...] = ("*",)
    until: date | None = None
    """The last day it holds; None while no end is known."""


def decide_right(
    right: RightName | str,
    category: str = "*",
    *,
    identity: bool,
    today: date,
    holds: Iterable[Held] = (),
) -> Decision:
    """May this right be exercised on data of `category`? `identity`: it is proven who asks.

    With `category="*"` the answer is about everything at once: any hold then keeps something, so an
    erasure asks per category and says which it could not do.
    """
    request = Request(right, category, MAINTAIN if right == "expire" else OWN_DATA)
    needs = NEEDS.get(right)
    if needs is None:
        hit = RuleHit(0, False, "", f"unknown right `{right}`")
        return Decision(False, (hit,), ("one of: " + ", ".join(NEEDS),), request)
    hits = []
    if needs.identity and identity is not True:
        hits.append(RuleHit(1, False, f"rights.{right}", "it is not proven who asks"))
    if needs.yields_to_holds:
        for hold in holds:
            over = hold.until is not None and hold.until < today
            if not over and any(_touches(one, category) for one in hold.categories):
                end = f"until {hold.until}" if hold.until else "with no end known yet"
                hits.append(RuleHit(2, False, f"holds.{hold.reason}", f"held {end}"))
    if hits:
        missing = tuple(
            "proof of identity" if hit.rule == 1 else f"the end of the hold ({hit.clause})"
            for hit in hits
        )
        return Decision(False, tuple(hits), missing, request)
    passes = (RuleHit(1, True, f"rights.{right}", "a right needs no permission"),)
    return Decision(True, passes, (), request)


def _touches(held: str, category: str) -> bool:
    return category == "*" or covers(held, category) or covers(category, held)

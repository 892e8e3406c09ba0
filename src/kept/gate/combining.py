"""May two categories that were gathered apart be put together? Default deny; a ban wins.

Needs a `[combine]` clause for the purpose and no `[never]` join ban, in every version given: data
of any of them may be in the rows that are joined.
"""

from collections.abc import Sequence

from kept.gate.asked import USE, Request
from kept.gate.clauses import Clauses, covers
from kept.gate.decision import Decision, RuleHit


def decide(versions: Sequence[Clauses], left: str, right: str, purpose: str) -> Decision:
    """The decision about linking `left` with `right` for `purpose`, in either order."""
    request = Request(USE, f"{left}+{right}", purpose)
    denials: dict[RuleHit, None] = {}
    grants: dict[RuleHit, None] = {}
    for version in versions:
        for id, ban in version.never.items():
            if ban.join is not None and _pair(ban.join, ban.with_ or "", left, right):
                says = f"`{left}` and `{right}` are never linked"
                denials[RuleHit(2, False, f"never.{id}", says)] = None
        granting = [
            id
            for id, one in version.combine.items()
            if purpose in one.purposes and _pair(one.join, one.with_, left, right)
        ]
        if not granting:
            says = f"no clause combines `{left}` with `{right}` for `{purpose}`"
            denials[RuleHit(4, False, "", says)] = None
        for id in granting:
            grants[RuleHit(4, True, f"combine.{id}", "it permits the combination")] = None
    if denials:
        return Decision(False, tuple(denials), tuple(hit.says for hit in denials), request)
    return Decision(True, tuple(grants), (), request)


def _pair(join: str, with_: str, left: str, right: str) -> bool:
    return (covers(join, left) and covers(with_, right)) or (
        covers(join, right) and covers(with_, left)
    )

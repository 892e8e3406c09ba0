"""Is a purpose still possible at all? Asked before a page of that purpose shows anything.

Rules: the question is put in its most favourable form (somebody who consented to everything, under
the version in force); only when every category of every collection point that serves the purpose is
denied even then is the page closed. What one person's choices deny is the single row's matter.
"""

from collections.abc import Iterator

from kept import gate
from kept.policy import Policy

_EVERYTHING = (1 << 63) - 1
_ANY = "communication.message"
"""Asked about where no collection point serves the purpose any more."""


def whole_purpose(purpose: str, point: str | None = None) -> gate.Decision:
    """The best decision that anybody's data could get for `purpose` (of `point`, where given)."""
    now = gate.in_force()
    ordinal, policy = now.in_force
    best = gate.Facts(base=ordinal, consented=_EVERYTHING)
    decisions = [now.decide(request, best) for request in _requests(policy, purpose, point)]
    return next((one for one in decisions if one.allowed), decisions[0])


def _requests(policy: Policy, purpose: str, point: str | None) -> list[gate.Request]:
    asked = list(_of_points(policy, purpose, point))
    return asked or [gate.Request(gate.USE, _ANY, purpose, collection=point)]


def _of_points(policy: Policy, purpose: str, point: str | None) -> Iterator[gate.Request]:
    for id, clause in policy.collect.items():
        if id == point or (point is None and purpose in clause.purposes):
            for category in dict.fromkeys(clause.fields.values()):
                yield gate.Request(gate.USE, category, purpose, collection=id)


def reasons(decision: gate.Decision) -> list[dict[str, object]]:
    """The rules that deny, each with the address of its clause on the privacy page."""
    return [
        {
            "number": hit.rule,
            "clause": hit.clause,
            "url": f"/privacy/#{hit.clause}",
            "says": hit.says,
        }
        for hit in decision.rules
        if not hit.allows
    ]

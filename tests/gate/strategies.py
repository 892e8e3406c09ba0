"""Hypothesis strategies: small random policies, histories of them, requests and facts."""

import os
from datetime import date

from hypothesis import strategies as st

from kept.gate import OPERATIONS, Facts, Request
from kept.policy import Policy, is_a

PURPOSES = ("p1", "p2", "p3")
POINTS = ("c1", "c2", "visits")
RECIPIENTS = ("r1", "r2", "r3")
CATEGORIES = ("contact.email", "contact.phone", "device.ip", "web.page")
GENERAL = (*CATEGORIES, "contact", "device")
BASES = (
    "consent",
    "contract",
    "legal-obligation",
    "legitimate-interest",
    "vital-interest",
    "public-task",
)
KINDS = ("marketing", "service", "analytics")
RECIPIENT_KINDS = ("affiliate", "vendor", "public")
OCCASIONS = ("ordinary", "legal process", "sale")
PLACES = ("US", "US-CA", "IN", "worldwide")
SIGNALS = ("do-not-track", "global-privacy-control")
BITS = {"p1": 0, "p2": 5, "p3": 62}
LAST = 2
EXAMPLES = int(os.environ.get("KEPT_EXAMPLES", "100"))
"""Cases per property; thousands before a release."""

some = st.sampled_from
MOSTLY = (True, True, True, False)


def _subset(values, least=0):
    return st.lists(some(values), unique=True, min_size=least, max_size=len(values))


def _often(strategy):
    """Present in most, absent in some."""
    return st.one_of(strategy, strategy, strategy, st.none())


def _table(required, optional):
    return st.fixed_dictionaries(required, optional=optional)


purposes = _table(
    {"says": st.just("do it"), "basis": some(BASES), "kind": some(KINDS)}, {"refuse": st.booleans()}
)


@st.composite
def _points(draw):
    fields = {f"f{i}": c for i, c in enumerate(draw(_subset(CATEGORIES, 1)))}
    public = draw(st.booleans())
    return {
        "says": "send it",
        "for": draw(_subset(PURPOSES, 1)),
        "keep": "2 years",
        "required": fields,
        "public": public,
        "shown": draw(_subset(sorted(fields))) if public else [],
    }


recipients = _table(
    {
        "kind": some(RECIPIENT_KINDS),
        "for": _subset(PURPOSES, 1),
        "receives": _subset(GENERAL, 1),
    },
    {
        "place": some(PLACES),
        "from": _subset(POINTS),
        "occasion": some(OCCASIONS),
        "condition": st.just("it must be"),
        "region": st.just("same as yours"),
    },
)
joins = st.builds(
    lambda join, with_: {"join": join, "with": with_}, some(GENERAL), some((*GENERAL, "*"))
)
bans = st.one_of(
    joins,
    _table(
        {},
        {
            "category": some(GENERAL),
            "purpose": some(PURPOSES),
            "purpose-kind": some(KINDS),
            "recipient-kind": _subset(RECIPIENT_KINDS, 1),
            "occasion": some(OCCASIONS),
            "operation": some(OPERATIONS[:4]),
            "unless": st.just("consent"),
        },
    ).filter(lambda ban: set(ban) - {"unless"}),
)


def _named(names, strategy, most=None):
    return st.dictionaries(some(names), strategy, max_size=most or len(names))


@st.composite
def tables(draw):
    """A policy as the tables of its file."""
    policy = {
        "policy": {
            "site": "Example",
            "version": "1",
            "effective": date(2024, 1, 1),
            "places": draw(st.one_of(st.just(["worldwide"]), _subset(PLACES))),
        },
        "purposes": {id: draw(purposes) for id in PURPOSES if id == "p1" or draw(some(MOSTLY))},
        "collect": {
            id: draw(_points()) for id in ("c1", "c2") if draw(st.booleans()) or id == "c1"
        },
        "recipients": draw(_named(RECIPIENTS, recipients)),
        "never": draw(_named(("n1", "n2"), bans)),
        "disclosures": draw(
            _named(
                ("d1",),
                st.builds(
                    lambda to, occasion: {"occasion": occasion, "says": "so", "to": to},
                    _subset(RECIPIENTS, 1),
                    some(OCCASIONS[1:]),
                ),
            )
        ),
        "signals": draw(
            _table(
                {},
                {
                    "do-not-track": some(("honoured", "ignored")),
                    "global-privacy-control": some(("honoured", "ignored")),
                    "stops": _subset(PURPOSES, 1),
                },
            )
        ),
    }
    if draw(st.booleans()):
        policy["visits"] = {
            "collect": draw(_subset(CATEGORIES, 1)),
            "routes": ["/"],
            "keep": "30 days",
            "for": draw(_subset(PURPOSES)),
        }
    if draw(st.booleans()):
        policy["age"] = {"minimum": draw(some((0, 13, 16)))}
    return policy


policies = tables().map(Policy.model_validate)
histories = st.lists(policies, min_size=1, max_size=LAST + 1)


@st.composite
def wild_requests(draw):
    """Requests of any words, few of which fit together."""
    return Request(
        draw(some((*OPERATIONS, "sell"))),
        draw(some((*GENERAL, "financial.card", "no.such"))),
        draw(some((*PURPOSES, "p9", ""))),
        draw(_often(some((*POINTS, "c9")))),
        draw(st.one_of(st.none(), some((*RECIPIENTS, "r9")))),
        draw(st.one_of(st.none(), st.none(), some(OCCASIONS))),
    )


@st.composite
def requests(draw, policy):
    """Requests that a clause of the policy may cover, and some that none does."""
    if draw(some((False, False, False, True))):
        return draw(wild_requests())
    point = draw(some(sorted(policy.collect)))
    categories, served = [*policy.collect[point].fields.values()], policy.collect[point].purposes
    operation, recipient, occasion = draw(some(OPERATIONS[:4])), None, None
    if operation == "share" and policy.recipients:
        recipient = draw(some(sorted(policy.recipients)))
        theirs = policy.recipients[recipient]
        served = [one for one in served if one in theirs.purposes] or served
        theirs_too = [c for c in categories if any(is_a(c, one) for one in theirs.receives)]
        categories = theirs_too or categories
        occasion = draw(some((None, theirs.occasion)))
    return Request(
        operation,
        draw(some(categories)),
        draw(some(served)),
        draw(some((None, point))),
        recipient,
        occasion,
    )


@st.composite
def cases(draw, questions=12):
    """A history of policies with questions about it."""
    history = draw(histories)
    return history, [
        (draw(requests(draw(some(history)))), draw(facts))
        for _ in range(draw(some((1, questions))))
    ]


masks = _subset(PURPOSES).map(lambda names: sum(1 << BITS[name] for name in names))
facts = st.builds(
    Facts,
    base=st.one_of(some((0, 1, 2)), some((None, -1, 0, 1, 2, 3))),
    consented=st.one_of(st.just(sum(1 << bit for bit in BITS.values())), masks),
    objected=st.one_of(st.just(0), masks),
    restricted=some((False, False, False, True)),
    ceased=some((False, False, False, True)),
    age=some((None, None, 0, 12, 13, 15, 16, 40)),
    signals=st.one_of(st.just(frozenset()), _subset((*SIGNALS, "other")).map(frozenset)),
    place=some((None, None, None, *PLACES[:3], "USA")),
    met=st.one_of(
        st.just(frozenset({"condition", "region", "sector"})),
        _subset(("condition", "region")).map(frozenset),
    ),
)

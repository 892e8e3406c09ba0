"""`compare` finds whatever became wider, held against a naive enumeration of everything allowed."""

import tomllib
from datetime import date
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kept.policy import compare, is_a, load, loads
from kept.policy.compare.rewording import clauses
from kept.policy.model import Policy

ROOT = Path(__file__).parents[2]
CATEGORIES = ("identity.name", "contact.email", "contact.phone", "device.ip")
GROUPS = (*CATEGORIES, "contact", "identity")
PURPOSES, POINTS, RECIPIENTS = ("p1", "p2", "p3"), ("a", "b"), ("r1", "r2")
OCCASIONS = ("ordinary", "merger")
SITUATIONS = tuple(product((True, False), repeat=2))  # (has consented, has objected)


def subset(names, **size):
    return st.lists(st.sampled_from(names), unique=True, **size)


def tables(names, one, **size):
    return st.dictionaries(st.sampled_from(names), one, **size)


PURPOSE = st.fixed_dictionaries(
    {
        "says": st.sampled_from(["do this", "do that"]),
        "basis": st.sampled_from(["consent", "contract", "legitimate-interest"]),
        "kind": st.sampled_from(["service", "marketing"]),
    },
    optional={"refuse": st.booleans()},
)
FIELDS = subset(CATEGORIES, min_size=1).map(
    lambda keys: {f"f{index}": key for index, key in enumerate(keys)}
)
POINT = st.fixed_dictionaries(
    {
        "says": st.sampled_from(["ask", "write"]),
        "for": subset(PURPOSES, min_size=1),
        "keep": st.sampled_from(["1 year", "30 days", "indefinitely"]),
        "required": FIELDS,
    }
)
RECIPIENT = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["vendor", "partner"]),
        "for": subset(PURPOSES, min_size=1),
        "receives": subset(GROUPS, min_size=1),
        "occasion": st.sampled_from(OCCASIONS),
        "from": subset(POINTS),
    }
)
BAN = st.fixed_dictionaries(
    {},
    optional={
        "category": st.sampled_from(GROUPS),
        "purpose": st.sampled_from(PURPOSES),
        "purpose-kind": st.just("marketing"),
        "recipient-kind": subset(["vendor", "partner"], min_size=1),
        "occasion": st.sampled_from(OCCASIONS),
        "operation": st.sampled_from(["use", "share"]),
        "unless": st.just("consent"),
    },
).filter(lambda ban: set(ban) - {"unless"})
META = {"site": "X", "version": "1", "effective": date(2026, 1, 1)}
TREES = st.fixed_dictionaries(
    {
        "policy": st.just(META),
        "purposes": tables(PURPOSES, PURPOSE, min_size=3),
        "collect": tables(POINTS, POINT),
        "recipients": tables(RECIPIENTS, RECIPIENT),
        "never": tables(("n1", "n2"), BAN),
    }
)
POLICIES = TREES.map(Policy.model_validate)
SLOW = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


def basis_allows(policy, purpose, consented, objected):
    one = policy.purposes[purpose]
    if one.basis == "consent":
        return consented and not objected
    return not (objected and one.may_object)


def banned(policy, category, purpose, consented, recipient=None):
    for ban in policy.never.values():
        if ban.unless and consented:
            continue
        if ban.category and not is_a(category, ban.category):
            continue
        if ban.purpose and purpose != ban.purpose:
            continue
        if ban.purpose_kind and policy.purposes[purpose].kind != ban.purpose_kind:
            continue
        if recipient is None:
            if not ban.recipient_kind and not ban.occasion and ban.operation != "share":
                return True
        elif (
            ban.operation in (None, "share")
            and (not ban.recipient_kind or recipient.kind in ban.recipient_kind)
            and (not ban.occasion or ban.occasion == recipient.occasion)
        ):
            return True
    return False


def may_use(policy, flow, consented, objected):
    """Whether the policy lets data of the point be used, said once more and plainly."""
    _, point, category, purpose = flow
    one = policy.collect.get(point)
    return (
        one is not None
        and category in one.fields.values()
        and purpose in one.purposes
        and basis_allows(policy, purpose, consented, objected)
        and not banned(policy, category, purpose, consented)
    )


def may_share(policy, flow, consented, objected):
    """Whether the policy lets data of the point be given, said once more and plainly."""
    _, recipient, point, category, purpose, occasion = flow
    who, source = policy.recipients.get(recipient), policy.collect.get(point)
    return (
        who is not None
        and source is not None
        and occasion == who.occasion
        and (not who.collections or point in who.collections)
        and category in source.fields.values()
        and any(is_a(category, general) for general in who.receives)
        and purpose in who.purposes
        and (purpose in source.purposes or who.occasion != "ordinary")
        and basis_allows(policy, purpose, consented, objected)
        and not banned(policy, category, purpose, consented, who)
    )


FLOWS = [
    *(("use", *one) for one in product(POINTS, CATEGORIES, PURPOSES)),
    *(("share", *one) for one in product(RECIPIENTS, POINTS, CATEGORIES, PURPOSES, OCCASIONS)),
]


def allowed(policy):
    """Every flow in every situation in which the policy allows it."""
    found = set()
    for flow in FLOWS:
        ask = may_use if flow[0] == "use" else may_share
        found |= {(flow, s) for s in SITUATIONS if ask(policy, flow, *s)}
    return found


def told(comparison, kind):
    return {key for one in comparison.of(kind) for key in one.keys}


@SLOW
@given(POLICIES, POLICIES)
def test_whatever_is_allowed_now_and_was_not_is_told_as_a_widening(old, new):
    gained = {flow for flow, _ in allowed(new) - allowed(old)}
    assert gained <= told(compare(old, new), "widen")


@SLOW
@given(POLICIES, POLICIES)
def test_no_flow_is_told_as_wider_or_narrower_that_is_not(old, new):
    gained = {flow for flow, _ in allowed(new) - allowed(old)}
    lost = {flow for flow, _ in allowed(old) - allowed(new)}
    comparison = compare(old, new)
    assert told(comparison, "widen") & set(FLOWS) == gained
    assert told(comparison, "narrow") & set(FLOWS) == lost


@SLOW
@given(POLICIES, POLICIES)
def test_the_two_directions_mirror_each_other(one, other):
    there, back = compare(one, other), compare(other, one)
    assert told(there, "widen") == told(back, "narrow")
    assert told(there, "narrow") == told(back, "widen")
    assert {c.clause for c in there.of("reword")} == {c.clause for c in back.of("reword")}


@SLOW
@given(POLICIES, POLICIES)
def test_nothing_that_differs_is_passed_over(old, new):
    before, after = clauses(old), clauses(new)
    differing = {id for id in before.keys() | after.keys() if before.get(id) != after.get(id)}
    assert differing <= {one.clause for one in compare(old, new).changes}
    assert compare(old, old).changes == ()


USIMPRINTS = (ROOT / "policies" / "usimprints.toml").read_text("utf-8")
EDITS = tomllib.loads((ROOT / "tests/vectors/policy/widenings.toml").read_text("utf-8"))


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_that_takes_something_from_people_is_a_widening(name):
    edit = EDITS[name]
    text = (ROOT / "policies" / f"{edit['policy']}.toml").read_text("utf-8")
    assert edit["before"] in text
    old = loads(text, "old").policy
    new = loads(text.replace(edit["before"], edit["after"]), "new").policy
    changes = compare(old, new).of("widen")
    wider = [one for one in changes if edit["kind"] in {key[0] for key in one.keys}]
    assert wider
    for one in wider:
        assert one.whom
        assert one.text[0].isupper() or one.text[0].isdigit()
        assert one.text != "More is allowed here."
        assert "{" not in one.text
    back = compare(new, old).of("narrow")
    assert {one.clause for one in wider} <= {one.clause for one in back}


def test_it_says_for_whom():
    text = USIMPRINTS.replace(
        'phone = "contact.phone"\ncompany', 'birth = "identity.birth-date"\ncompany', 1
    )
    changes = compare(loads(USIMPRINTS, "a").policy, loads(text, "b").policy).changes
    assert [(one.kind, one.whom, one.text) for one in changes] == [
        (
            "widen",
            "people who send us a request",
            "We may now use your date of birth to answer your requests for information or "
            "services.",
        ),
        (
            "narrow",
            "people who send us a request",
            "We no longer use your phone number to answer your requests for information or "
            "services.",
        ),
    ]


def test_other_words_for_the_same_are_a_rewording():
    text = USIMPRINTS.replace("fit the website to you", "adapt the website to you")
    changes = compare(loads(USIMPRINTS, "a").policy, loads(text, "b").policy).changes
    assert [(one.kind, one.clause) for one in changes] == [("reword", "purposes.personalise")]


def test_a_place_inside_a_declared_place_is_no_widening():
    text = USIMPRINTS.replace('places = ["US"]', 'places = ["US", "US-CA"]')
    changes = compare(loads(USIMPRINTS, "a").policy, loads(text, "b").policy).changes
    assert [one.kind for one in changes] == ["reword"]


def test_the_two_reference_policies_can_be_held_against_each_other():
    old = load(ROOT / "policies" / "usimprints.toml").policy
    new = load(ROOT / "policies" / "us-service-center.toml").policy
    wider = {one.clause for one in compare(old, new).of("widen")}
    assert {"never.ip-link", "combine.device", "recipients.affiliates", "collect.comment"} <= wider


def test_a_version_that_differs_in_its_name_and_day_only_changes_nothing():
    text = USIMPRINTS.replace('version = "2016-03-16"', 'version = "next"')
    text = text.replace("effective = 2016-03-16", "effective = 2017-01-01")
    assert compare(loads(USIMPRINTS, "a").policy, loads(text, "b").policy).changes == ()

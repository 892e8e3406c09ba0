"""Giving on terms: an occasion, what was established, and a permission for this very giving."""

import pytest

from kept import gate, policy
from kept.gate import Facts, Request, Terms
from tests.posting import USIMPRINTS

TEXT = (
    USIMPRINTS
    + """
[recipients.carrier]
kind = "vendor"
place = "US"
for = ["answer-inquiry"]
receives = ["contact.email", "identity.name"]
"""
)
POLICY = policy.loads(TEXT, "x").policy
GATE = gate.compile([(0, POLICY)], {name: bit for bit, name in enumerate(POLICY.purposes)})
ASKED = Request("share", "contact.email", "answer-inquiry", "inquiry", "carrier")
AGREED = Facts(base=0, consented=GATE.mask(["answer-inquiry"]))


def test_consent_to_the_purpose_does_not_lift_a_ban_on_giving():
    assert not GATE.decide_giving(ASKED, AGREED, Terms()).allowed
    assert GATE.decide(ASKED, AGREED).allowed  # the plain question knows no permission


def test_a_permission_lifts_it_for_the_category_it_names():
    assert GATE.decide_giving(ASKED, AGREED, Terms(permitted=frozenset({"contact.email"}))).allowed
    other = Terms(permitted=frozenset({"identity.name"}))
    assert not GATE.decide_giving(ASKED, AGREED, other).allowed


def test_a_scope_inside_another_cannot_change_the_terms():
    terms = Terms(occasion="legal process")
    with gate.purpose("comply", recipient="court", terms=terms):
        with gate.purpose("comply") as inner:
            assert inner.terms == terms
        with pytest.raises(gate.GateError, match="G003"), gate.purpose("comply", recipient="court"):
            raise AssertionError
        with gate.purpose("comply", recipient="court", terms=Terms(occasion="legal process")):
            pass


def test_terms_are_frozen():
    with pytest.raises(AttributeError):
        Terms().occasion = "merger"  # type: ignore[misc]

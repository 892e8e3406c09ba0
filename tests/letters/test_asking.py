"""The headings that the policy names start a request, however a mail program writes them."""

import pytest

from kept import policy
from kept.keepers.letters.asking import kind_of, normal
from tests.posting import USIMPRINTS

POLICY = policy.loads(USIMPRINTS, "usimprints").policy


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("access request", "access"),
        ("ACCESS  Request", "access"),
        ("Re: access request", "access"),
        ("Fwd: RE: AW: access request", "access"),
        ("Re[2]: access request", "access"),
        ("  \u201eAccess request\u201c. ", "access"),
        ("\uff32\uff45\uff1a access request", "access"),
        ("change details", "correct"),
        ("Unsubscribe", "cease"),
        ("unsubscribe!", "cease"),
        ("delete my details", "erase"),
    ],
)
def test_what_asks(heading, kind):
    assert kind_of(heading, POLICY) == kind


@pytest.mark.parametrize(
    "heading",
    ["", "Re:", "access", "my access request", "access request please do", "do not unsubscribe me",
     "unsubscribed", "request access", "accessrequest"],
)  # fmt: skip
def test_what_only_mentions_it(heading):
    assert kind_of(heading, POLICY) == ""


def test_a_policy_without_headings_is_asked_nothing():
    text = USIMPRINTS.replace('mail-subject = "access request"\n', "")
    assert kind_of("access request", policy.loads(text, "x").policy) == ""


def test_normal_ends():
    assert normal("re: " * 500 + "x") == "x"

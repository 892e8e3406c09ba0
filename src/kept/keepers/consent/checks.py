"""System checks of consents: one that nobody could confirm is told before anybody gives it."""

from typing import Any

from django.core.checks import CheckMessage, Warning, register

from kept import policy
from kept._kit.errors import code
from kept.conf import settings
from kept.keepers.consent import confirming

NO_ADDRESS = code(
    "C002",
    "A form asks consent to marketing and no email address, so nobody can confirm it",
    do="ask for `contact.email` there, or take the purpose out of the clause",
)
_EMAIL = "contact.email"


@register("kept")
def marketing_can_be_confirmed(**_: Any) -> list[CheckMessage]:
    """kept.C002 for each form whose consents to marketing could never count.

    A warning: a page for people who are signed in, whose address is proved, may ask so.
    """
    loaded = policy.load(settings().policy).policy
    return [] if loaded is None else [_error(one) for one in _unconfirmable(loaded)]


def _unconfirmable(of: policy.Policy) -> list[str]:
    return [
        point.id
        for point in of.collect.values()
        if point.channel == "form" and _EMAIL not in point.asked.values()
        if any(of.purposes[one].basis == "consent" for one in confirming.waits(of, point.purposes))
    ]


def _error(point: str) -> CheckMessage:
    return Warning(f"{NO_ADDRESS.title}: `[collect.{point}]`", hint=NO_ADDRESS.do, id="kept.C002")

"""The checks of this room: what is posted stands as it was posted, and the gate decides by it.

Rules: each looks at what runs (the served page, the compiled gate, the installed middleware) and
at what is stored, and compares the two; figures only.
"""

from http import HTTPStatus
from itertools import product

from django.conf import settings as django_settings
from django.urls import reverse

from kept import gate
from kept._kit.digests import digest_of
from kept.policy import Recipient
from kept.promises import visiting
from kept.promises.evidence import Evidence, Figures, broken, kept, unproven
from kept.promises.models import PolicyVersion, PurposeBit
from kept.promises.needs import GATE, POST
from kept.promises.promise import Promise
from kept.promises.proving import check, once

_SCOPE = "kept.vault.middleware.PurposeScope"
_NOWHERE = "no-such-purpose"


@check(POST)
def posted_as_worded(promise: Promise, _carried: Figures) -> Evidence:
    """The privacy page serves this sentence, and every posted version stands as it was posted."""
    figures = {"versions": PolicyVersion.objects.count()}
    if promise.id == "policy.agreement":
        rows = PolicyVersion.objects.values_list("ordinal", "text", "digest")
        changed = [ordinal for ordinal, text, digest in rows if digest_of(text) != digest]
        if changed:
            return broken(f"version {changed[0]} is not the text that was posted", figures)
    page = once("privacy page", lambda: visiting.ask(reverse("kept_promises:policy")))
    if page.status_code != HTTPStatus.OK:
        return broken(f"the privacy page answers {page.status_code}", figures)
    if f'id="{promise.id}"' not in page.content.decode():
        return broken(f"the privacy page does not say `{promise.id}`", figures)
    return kept("it stands on the privacy page as it was posted", figures)


@check(GATE)
def decided_by_the_posted_text(promise: Promise, _carried: Figures) -> Evidence:
    """The running gate was compiled from the posted version, and its scope surrounds each view."""
    ordinal, policy = gate.in_force().in_force
    stored = PolicyVersion.objects.filter(ordinal=ordinal).values_list("digest", flat=True).first()
    if stored != policy.digest:
        return broken(f"the gate decides by another text than version {ordinal} as posted")
    if list(django_settings.MIDDLEWARE)[-1:] != [_SCOPE]:
        return broken(f"`{_SCOPE}` is not the innermost middleware: views open data unasked")
    asked = _SECTIONS.get(promise.section)
    if asked is None:
        return unproven(f"nothing looks at a decision about `{promise.id}`")
    return asked(promise)


def _purposes(promise: Promise) -> Evidence:
    if not promise.clause:
        return _nothing_else(promise)
    bit = PurposeBit.objects.filter(purpose=promise.clause).values_list("bit", flat=True).first()
    if bit is None or gate.in_force().bit(promise.clause) != bit:
        return broken(f"the choices about `{promise.clause}` are read from the wrong place")
    requests = _requests(promise, promise.clause)
    nobody = gate.Facts(base=gate.in_force().in_force[0])
    allowed = [one for one in requests if _allowed(one, nobody)]
    figures = {"decisions asked": len(requests)}
    if promise.policy.purposes[promise.clause].basis == "consent" and allowed:
        return broken(
            f"without consent, `{allowed[0].category}` could be used for `{promise.clause}`",
            figures,
        )
    return kept("the gate decides it as the clause says", figures)


def _nothing_else(promise: Promise) -> Evidence:
    requests = _requests(promise, _NOWHERE)
    open = [one for one in requests if _allowed(one, _willing())]
    figures = {"decisions asked": len(requests)}
    if open:
        return broken(f"`{open[0].category}` could be used for a purpose nobody declared", figures)
    return kept("no category can be used for a purpose that the policy does not name", figures)


def _requests(promise: Promise, purpose: str) -> list[gate.Request]:
    return [
        gate.Request(gate.USE, category, purpose, collection=point)
        for point, clause in promise.policy.collect.items()
        for category in dict.fromkeys(clause.fields.values())
    ]


def _recipients(promise: Promise) -> Evidence:
    requests = [
        gate.Request(gate.SHARE, category, purpose, recipient="no-such-recipient")
        for purpose, category in product(promise.policy.purposes, _categories(promise))
    ]
    open = [one for one in requests if _allowed(one, _willing())]
    figures = {"decisions asked": len(requests)}
    if open:
        return broken(
            f"`{open[0].category}` could go to somebody the policy does not name", figures
        )
    return kept("nothing can go to anybody whom the policy does not name", figures)


def _never(promise: Promise) -> Evidence:
    ban = promise.policy.never[promise.clause]
    ordinal = gate.in_force().in_force[0]
    facts = gate.Facts(base=ordinal) if ban.unless else _willing()
    requests = [
        gate.Request(gate.SHARE, category, purpose, recipient=id, occasion=ban.occasion)
        for id, recipient in promise.policy.recipients.items()
        if _banned(recipient, ban.recipient_kind)
        for purpose, category in product(promise.policy.purposes, _categories(promise))
        if (ban.category is None or category.startswith(ban.category))
        and (ban.purpose is None or purpose == ban.purpose)
        and ban.purpose_kind in (None, promise.policy.purposes[purpose].kind)
    ]
    open = [one for one in requests if _allowed(one, facts)]
    figures = {"decisions asked": len(requests)}
    if open:
        return broken(
            f"`{open[0].category}` could go to `{open[0].recipient}` for `{open[0].purpose}`",
            figures,
        )
    return kept("the gate refuses it to every recipient, for every purpose", figures)


def _banned(recipient: Recipient, kinds: tuple[str, ...]) -> bool:
    return not kinds or recipient.kind in kinds


def _categories(promise: Promise) -> list[str]:
    found = (one for point in promise.policy.collect.values() for one in point.fields.values())
    return list(dict.fromkeys(found))


def _willing() -> gate.Facts:
    """Somebody who consented to everything: what is refused even then is refused to all."""
    return gate.Facts(base=gate.in_force().in_force[0], consented=(1 << 63) - 1)


def _allowed(request: gate.Request, facts: gate.Facts) -> bool:
    return gate.in_force().decide(request, facts).allowed


_SECTIONS = {"purposes": _purposes, "recipients": _recipients, "never": _never}

"""The privacy centre: what people can ask about their own data, and the form to ask it.

Rules of a page: it says and does the same for every address; it works without a script, a cookie of
ours or an account; the form is the collection point `request`, under its notice.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView

from kept import promises
from kept._kit import clock
from kept.keepers.accounts import address
from kept.keepers.accounts.forms import UNREACHABLE
from kept.keepers.forms import flows as forms
from kept.keepers.forms import storing
from kept.keepers.forms.building import Asking
from kept.keepers.forms.pages import Collected, Examined, Page, Refused
from kept.keepers.forms.views import CollectView
from kept.keepers.rights import flows, kinds
from kept.keepers.rights.kinds import Kind
from kept.keepers.rights.letters import day
from kept.keepers.rights.sending import POINT
from kept.keepers.sharing.compose import can_reach

_open = method_decorator(login_not_required, name="dispatch")
_brake = address.Brake(limit=30)
_TYPED = {"contact.email": "email", "communication.message": "message"}


@_open
class Centre(TemplateView):
    """`/privacy/requests/`: everything that can be asked, each in a sentence."""

    template_name = "kept/rights/centre.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """What the policy in force offers, with its terms."""
        current = promises.current().policy
        offers = [terms(one) for one in kinds.offered(current, face="web")]
        contacts = [one for one in current.contacts.values() if one.email or one.post]
        site = current.meta.site
        return super().get_context_data(offers=offers, contacts=contacts, site=site, **more)


@_open
class Sent(TemplateView):
    """`/privacy/requests/sent/`: the same for everyone."""

    template_name = "kept/rights/sent.html"


@_open
class Stopped(TemplateView):
    """`/privacy/requests/stopped/`: after asking for no more mails; the same for everyone."""

    template_name = "kept/rights/stopped.html"


@_open
class Ask(CollectView):
    """`/privacy/requests/<kind>/`: the collection point `request`, for one kind."""

    point: ClassVar[str] = POINT
    template_name: ClassVar[str] = "kept/rights/ask.html"
    example: ClassVar[Mapping[str, str]] = {"kind": "access"}
    kind: Kind

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """404 for what the policy in force does not offer here."""
        offered = kinds.offered(promises.current().policy, face="web")
        found = next((one for one in offered if one.id == kwargs["kind"]), None)
        if found is None:
            raise Http404
        self.kind = found
        return super().dispatch(request, *args, **kwargs)

    def open(self) -> Page | None:
        """The form without the kind, which the page itself answers."""
        return forms.open_page(POINT, _asking())

    def take(self, sent: Mapping[str, Sequence[str]]) -> Collected | Refused:
        """Ask. The token of the form is spent with it."""
        found = forms.examine(POINT, sent, _asking())
        if not isinstance(found, Examined):
            return found
        typed = _typed(found)
        if not can_reach(typed["email"]):
            found.page.form.add_error(_field("contact.email"), UNREACHABLE)
            return Refused(422, "", found.page)
        slow = _brake.wait(address.of(self.request))
        if slow:
            return _slow(found.page, slow)
        with transaction.atomic():
            asked = flows.ask(
                self.kind.id, channel="web", address=typed["email"], message=typed["message"],
                base=base_of(self.request),
            )  # fmt: skip
            if asked.wait:
                return _slow(found.page, asked.wait)
            if not storing.spend(found.token):
                transaction.set_rollback(True)
                return forms.twice(found)
        return Collected(row=asked.request)

    def get_success_url(self, result: Collected) -> str:
        """The same for every address."""
        return reverse("rights:sent" if self.kind.proof else "rights:stopped")

    def context(self) -> dict[str, Any]:
        """The kind, with its terms."""
        return {"kind": self.kind, "terms": terms(self.kind)}


def terms(kind: Kind) -> dict[str, Any]:
    """One kind for a page: by when, at what price, how it is known who asks."""
    current = promises.current().policy
    said = kinds.clause(current, kind.id)
    delay = current.erasure.delay if kind.id == "erase" else None
    due = kinds.due(current, kind.id, clock.today())
    return {
        "kind": kind,
        "url": reverse("rights:ask", args=[kind.id]),
        "due": day(due),
        "fee": said.fee if said is not None else None,
        "delay": delay,
        "password": said is not None and said.proof == "password",
        "clause": f"rights.{kinds.right_of(kind.id)}",
    }


def base_of(request: HttpRequest) -> str:
    """The site as this visitor reached it, for links in mails: `https://example.org`."""
    return request.build_absolute_uri("/").rstrip("/")


def _asking() -> Asking:
    return Asking(answered=frozenset({_field("request.kind")}))


def _field(category: str) -> str:
    asked = promises.current().policy.collect[POINT].asked
    return next((name for name, one in asked.items() if one == category), "")


def _typed(found: Examined) -> dict[str, str]:
    clause = found.posted.policy.collect[POINT]
    typed = {"email": "", "message": ""}
    for name, value in found.values.items():
        word = _TYPED.get(clause.asked[name])
        if word:
            typed[word] = str(value)
    return typed


def _slow(page: Page, wait: int) -> Refused:
    return Refused(429, f"Too many requests. Wait {wait} seconds, please.", page)

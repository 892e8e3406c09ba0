"""The pages of mailings: asking for them, confirming it, ending them. They hold no rules.

Rules of a page: ending takes one POST, with or without a login, cookies or scripts (RFC 8058); GET
shows a button and ends nothing, because programs that look at mails follow links.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import TemplateView, View

from kept import promises
from kept.keepers.accounts import address
from kept.keepers.forms.pages import Collected, Page, Refused
from kept.keepers.forms.views import CollectView
from kept.keepers.mailings import confirming, flows
from kept.promises import possible

_open = method_decorator(login_not_required, name="dispatch")


@_open
class Subscribe(CollectView):
    """`/news/`: the collection point `news`; each kind of mail is a choice of its own."""

    point: ClassVar[str] = flows.POINT
    success_url: ClassVar[str] = "/news/thanks/"
    template_name: ClassVar[str] = "kept/mailings/subscribe.html"
    heading: ClassVar[str] = "News by mail"

    def open(self) -> Page | None:
        """The page."""
        return flows.open_page()

    def take(self, sent: Mapping[str, Sequence[str]]) -> Collected | Refused:
        """Have the holder of the address asked."""
        base = self.request.build_absolute_uri("/").rstrip("/")
        return flows.subscribe(sent, base=base, come_from=address.of(self.request))

    def closed(self, request: HttpRequest) -> HttpResponse:
        """The clause or its purposes left the policy: the decision."""
        decision = possible.whole_purpose(next(iter(flows.KINDS)), flows.POINT)
        context = {"rules": possible.reasons(decision), "in_force": promises.current()}
        return render(request, "kept/mailings/closed.html", context, status=410)


@_open
class Thanks(TemplateView):
    """`/news/thanks/`: the same for everyone."""

    template_name = "kept/mailings/thanks.html"


@_open
@method_decorator(never_cache, name="dispatch")
class Confirm(View):
    """`/news/confirm/<token>/`: the link in the mail that asks the holder of an address."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """What it is for, and a button, where the link is still good."""
        return self.show("ready" if confirming.is_open(token) else "over", confirming.says(token))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Agree."""
        return self.show(confirming.confirm(token))

    def show(self, outcome: str, says: tuple[str, ...] = ()) -> HttpResponse:
        """What can be done, what was done, or why nothing was."""
        context = {"outcome": outcome, "says": says, "why": _WHY.get(outcome, "")}
        status = _STATUS.get(outcome, 200)
        return render(self.request, "kept/mailings/confirm.html", context, status=status)


_STATUS = {"over": 410, "changed": 409, "busy": 409, "denied": 409}
_WHY = {
    "over": "It was used already, or it is older than a day.",
    "changed": "Our privacy policy changed since you asked. Please read it and ask again.",
    "busy": "Your data is being deleted, as you asked, so no mails are sent to you.",
    "denied": "What was asked about your data does not let us send you mails now.",
}


@_open
@method_decorator([never_cache, csrf_exempt], name="dispatch")
class Unsubscribe(View):
    """`/news/unsubscribe/<token>/`: no login, no cookie, no reason."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """The button."""
        return self.show("ready" if flows.read(token) else "forged")

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """End it, for a person at the button and for a mail provider's one click alike."""
        return self.show(flows.unsubscribe(token, everything="everything" in request.POST))

    def show(self, outcome: str) -> HttpResponse:
        """What can be done or was done."""
        status = 404 if outcome == "forged" else 200
        context = {"outcome": outcome}
        return render(self.request, "kept/mailings/unsubscribe.html", context, status=status)

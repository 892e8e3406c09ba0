"""The pages of mailings: asking for them, ending them. They hold no rules.

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
from kept.keepers.forms.pages import Collected, Page, Refused
from kept.keepers.forms.views import CollectView
from kept.keepers.mailings import flows
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
        """Store what was asked for."""
        return flows.subscribe(sent)

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

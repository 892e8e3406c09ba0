"""`/account/policy/`: what a client is bound by, what changes, and agreeing for earlier data."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic.base import View

from kept import promises
from kept._kit.errors import KeptError
from kept.keepers.accounts.access import SignedInOnly
from kept.keepers.accounts.own_views import AccountView, user_of
from kept.keepers.notices import flows, rules


class PolicyPage(SignedInOnly, AccountView, View):
    """The page. Looking at it agrees to nothing; its button does."""

    clients_only = True

    def get(self, request: HttpRequest) -> HttpResponse:
        """What there is to say and to decide."""
        return self.page()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Agree, for earlier data too, to the version that the page showed."""
        given = request.POST.get("version", "")
        try:
            flows.agree(user_of(request), int(given) if given.isdecimal() else -1)
        except KeptError:
            return self.page(status=409, problem=_CHANGED)
        return redirect(f"{request.path}?done=saved")

    def page(self, *, status: int = 200, problem: str = "") -> HttpResponse:
        """The page, rendered."""
        user = user_of(self.request)
        news = flows.news_for(user)
        current = promises.current()
        shown: dict[str, Any] = {
            "news": news,
            "bound": promises.posted(flows.bound(user)) or current,
            "by_use": news is not None and current.policy.meta.agreement == rules.CONTINUED_USE,
            "open": flows.earlier_is_open(user),
            "current": current,
            "agreed": flows.agreed_by(user.person),
            "problem": problem,
        }
        return self.draw("kept/notices/policy.html", status=status, **shown)


_CHANGED = "This is not the version in force any more. Nothing was agreed to; read it again."

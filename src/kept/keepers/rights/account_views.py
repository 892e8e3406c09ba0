"""The page of an account where its person asks about their own data, and sees how far it is.

Rules of a page: asking and fetching take the password again, counted as at signing in; what is
asked here is proven by it and needs no mail; every consent ever given is shown with its words.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from kept import promises
from kept.keepers.accounts import throttle
from kept.keepers.accounts.access import SignedInOnly
from kept.keepers.accounts.models import User
from kept.keepers.accounts.own_views import AccountView, user_of
from kept.keepers.rights import fetching, flows, kinds, links, saying
from kept.keepers.rights.doing import stopping, withdrawing
from kept.keepers.rights.kinds import KINDS
from kept.keepers.rights.link_views import download
from kept.keepers.rights.models import Request
from kept.keepers.rights.states import UNDER_WAY
from kept.keepers.rights.views import base_of, terms

_WRONG = "The password is not right. Nothing was done."
_ELSEWHERE = {"withdraw": "account:choices", "correct": "account:profile"}
"""What has a page of its own in an account, as well as the whole of it here."""
_SAID = {
    "asked": "It is taken up.",
    "same": "You asked for this before, and it is under way.",
    "cancelled": "It is taken back.",
    "late": "It cannot be taken back any more.",
}


@method_decorator(sensitive_post_parameters(), name="dispatch")
class OwnData(SignedInOnly, AccountView):
    """`/account/data/`."""

    clients_only = True

    def get(self, request: HttpRequest) -> HttpResponse:
        """What can be asked, what was asked, what was agreed to."""
        return self.page()

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Ask, fetch or take back."""
        verbs = {"ask": self.ask, "fetch": self.fetch, "cancel": self.cancel}
        verb = verbs.get(request.POST.get("verb", ""))
        if verb is None:
            raise Http404
        return verb(user_of(request), request.POST)

    def ask(self, user: User, given: Mapping[str, str]) -> HttpResponseBase:
        """Ask for one kind, with the password."""
        kind = given.get("kind", "")
        if kind not in {one.id for one in self.offered(user)}:
            raise Http404
        problem = refused(user, given.get("password", ""))
        if problem:
            return self.page(problem=problem, at=kind, status=problem_status(problem))
        asked = flows.ask(kind, channel="account", subject=user.person, base=base_of(self.request))
        if asked.page:
            return redirect("rights:change", token=asked.page)
        return redirect(f"{self.request.path}?said={'same' if asked.same else 'asked'}")

    def fetch(self, user: User, given: Mapping[str, str]) -> HttpResponseBase:
        """The copy, with the password."""
        asked = self.own(user, given)
        package = fetching.package_of(asked)
        if package is None:
            raise Http404
        problem = refused(user, given.get("password", ""))
        if problem:
            return self.page(problem=problem, at=str(asked.pk), status=problem_status(problem))
        return download(package, None)

    def cancel(self, user: User, given: Mapping[str, str]) -> HttpResponseBase:
        """Take one back; a login is enough for leaving things as they are."""
        done = flows.cancel(self.own(user, given).pk, subject=user.person)
        return redirect(f"{self.request.path}?said={'cancelled' if done else 'late'}")

    def own(self, user: User, given: Mapping[str, str]) -> Request:
        """The request that is meant; another person's is not found."""
        try:
            return flows.of(user.person).get(pk=UUID(given.get("request", "")))
        except (ValueError, Request.DoesNotExist):
            raise Http404 from None

    def offered(self, user: User) -> list[kinds.Kind]:
        """What can be asked here now: using it again only where it is restricted."""
        current = promises.current().policy
        found = kinds.offered(current, face="account")
        if stopping.stands_still(user.person):
            kept = [one for one in found if one.id != "restrict"]
            return [*kept, KINDS["unrestrict"]]
        return found

    def page(self, *, problem: str = "", at: str = "", status: int = 200) -> HttpResponse:
        """Everything, with a problem where it happened."""
        user = user_of(self.request)
        rows = [
            {
                "row": one,
                "said": saying.of(one),
                "ready": fetching.package_of(one),
                "can_cancel": one.state in UNDER_WAY and one.state != "working",
                "status": links.status_token(one),
            }
            for one in flows.of(user.person)[:20]
        ]
        offers = [{**terms(one), "elsewhere": _ELSEWHERE.get(one.id)} for one in self.offered(user)]
        said = _SAID.get(self.request.GET.get("said", ""), "")
        more: dict[str, Any] = {
            "offers": offers, "requests": rows, "problem": problem, "at": at, "said": said,
            "history": withdrawing.history(user.person),
        }  # fmt: skip
        return self.draw("kept/rights/account.html", status=status, **more)


def refused(user: User, password: str) -> str:
    """Why the password does not count, in words; empty where it does."""
    wait = throttle.wait(user.get_username())
    if wait:
        return f"Too many attempts. Wait {wait} seconds, please."
    if not user.check_password(password):
        return _WRONG
    throttle.forget(user.get_username())
    return ""


def problem_status(problem: str) -> int:
    """403 for a wrong password, 429 for too many."""
    return 403 if problem == _WRONG else 429

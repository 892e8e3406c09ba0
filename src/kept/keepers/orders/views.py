"""A client's quotes: read, accepted, declined. The page holds no rules."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from kept.gate import PurposeMixin
from kept.keepers.accounts.access import SignedInOnly
from kept.keepers.accounts.own_views import AccountView, user_of
from kept.keepers.orders import flows
from kept.keepers.orders.models import Quote
from kept.promises import possible


class Quotes(PurposeMixin, SignedInOnly, AccountView):
    """`/account/quotes/`: opened for `transaction`, to their client alone."""

    purpose = flows.PURPOSE
    clients_only = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The decision instead, where the policy in force has no such purpose."""
        decision = possible.whole_purpose(flows.PURPOSE, flows.POINT)
        if request.user.is_authenticated and not decision.allowed:
            return self.denied(decision)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        """The quotes."""
        return self.page()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Accept or decline one."""
        user, id, verb = user_of(request), _id(request), request.POST.get("verb", "")
        try:
            if verb == "accept":
                done: str = flows.accept(user, id, request.POST.get("seen", ""))
            elif verb == "decline":
                done = flows.decline(user, id)
            else:
                raise Http404
        except Quote.DoesNotExist:
            raise Http404 from None
        if done == "changed":
            return self.page(status=409, problem=_CHANGED)
        return redirect(f"{request.path}?done={done}")

    def page(self, *, status: int = 200, problem: str = "") -> HttpResponse:
        """The client's quotes, each with the words that accepting it means."""
        quotes = flows.shown_to(user_of(self.request))
        return self.draw("kept/orders/quotes.html", status=status, quotes=quotes, problem=problem)


_CHANGED = "This is not the quote that stood on your page. Nothing was accepted; read it again."


def _id(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("quote", ""))
    except ValueError:
        raise Http404 from None

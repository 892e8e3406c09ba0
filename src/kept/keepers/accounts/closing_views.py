"""The page that closes an account. It holds no rules.

Rules of a page: GET says what goes and what stays and closes nothing; POST asks for the password;
the answer stands on no address of its own, because whoever reads it has no account any more.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from kept.gate import OWN_DATA, PurposeMixin
from kept.keepers.accounts import closing, flows
from kept.keepers.accounts.access import SignedInOnly
from kept.keepers.accounts.forms import CloseForm
from kept.keepers.accounts.own_views import AccountView, user_of
from kept.keepers.accounts.views import slow_down

_HELD = "Some of your data is being put under a legal hold just now. Try again in a few minutes."


@method_decorator(sensitive_post_parameters(), name="dispatch")
class Close(PurposeMixin, SignedInOnly, AccountView, FormView):
    """`/account/close/`."""

    purpose = OWN_DATA
    clients_only = True
    template_name = "kept/accounts/close.html"
    form_class = CloseForm

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """What goes, and what stays how long."""
        user = user_of(self.request)
        lines = {"goes": closing.goes(user), "stays": closing.stays(user.person)}
        return super().get_context_data(**lines, **more)

    def form_valid(self, form: CloseForm) -> HttpResponse:
        """Close it, end the session here too, say what stays."""
        done = closing.close(user_of(self.request), form.cleaned_data["password"])
        if done.outcome == "slow":
            return slow_down(self, form, done.wait)
        if done.outcome == "refused":
            form.add_error("password", "The password is not right.")
            return self.form_invalid(form)
        if done.outcome == "held":
            form.add_error(None, _HELD)
            return self.form_invalid(form)
        return self.closed(self.request, done)

    def form_invalid(self, form: CloseForm) -> HttpResponse:
        """The form again, with what is wrong."""
        return self.render_to_response(self.get_context_data(form=form), status=400)

    def closed(self, request: HttpRequest, done: closing.Closed) -> HttpResponse:
        """The last page; nothing of the account is left in this browser."""
        flows.forget_here(request)
        page = render(request, "kept/accounts/closed.html", {"stays": done.stays})
        return flows.cleared(page)

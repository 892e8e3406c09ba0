"""The pages before there is a login: opening an account, a forgotten password, links in mails.

Rules of a page: it says the same whether an address is known or not; following a link by GET shows
a page, only its button acts, so that programs that look at mails change nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView, View

from kept.keepers.accounts import address, links, moving, recovering, registering
from kept.keepers.accounts.forms import AddressForm, FirstPasswordForm
from kept.keepers.accounts.models import Link
from kept.keepers.accounts.passwords import SHORTEST
from kept.keepers.accounts.views import slow_down
from kept.keepers.forms.pages import Collected, Page, Refused
from kept.keepers.forms.views import CollectView

_open = method_decorator(login_not_required, name="dispatch")
_protected = method_decorator([sensitive_post_parameters(), never_cache], name="dispatch")


@_open
@_protected
class Register(CollectView):
    """`/account/register/`: the collection point `account`."""

    point = registering.POINT
    success_url = "/account/sent/"
    template_name = "kept/accounts/register.html"
    heading = "Open an account"

    def open(self) -> Page | None:
        """Closed where the clause asks for no address or no password."""
        return super().open() if registering.is_open() else None

    def take(self, sent: Mapping[str, Sequence[str]]) -> Collected | Refused:
        """Judge it and have a mail sent."""
        request = self.request
        done = registering.ask(sent, base=base_of(request), come_from=address.of(request))
        if isinstance(done, registering.Slow):
            page = self.open()
            return Refused(429, f"Too many attempts. Wait {done.wait} seconds, please.", page)
        return done


@_open
class Sent(TemplateView):
    """`/account/sent/`: the same for everyone."""

    template_name = "kept/accounts/sent.html"
    extra_context = {"hours": int(links.LASTS.total_seconds()) // 3600}


@_open
@_protected
class Confirm(View):
    """`/account/confirm/<token>/`: the link in the mail of a new account."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """A button, where the link is still good."""
        found = links.find(token, Link.Kind.REGISTER)
        return self.show("ready" if found else "over")

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Open the account."""
        outcome = registering.confirm(token).outcome
        if outcome == "opened":
            return redirect(f"{reverse('account:login')}?done=opened")
        return self.show(outcome)

    def show(self, outcome: str) -> HttpResponse:
        """What can be done, or why nothing can."""
        status = 200 if outcome == "ready" else _STATUS[outcome]
        context = {"outcome": outcome, "says": _WHY.get(outcome, "")}
        return render(self.request, "kept/accounts/confirm.html", context, status=status)


_STATUS = {"over": 410, "changed": 409, "taken": 409, "busy": 409, "denied": 409}
_WHY = {
    "over": "It was used already, or it is older than a day.",
    "changed": "Our privacy policy changed since you asked. Please read it and ask again.",
    "taken": "Somebody took your user name meanwhile. Please ask again with another one.",
    "busy": "Your data is being deleted, as you asked. When that is done, you can begin anew.",
    "denied": "What was asked about your data does not let us open an account now.",
}


@_open
@_protected
class Reset(FormView):
    """`/account/reset/`: ask for a mail to choose a new password."""

    template_name = "kept/accounts/reset.html"
    form_class = AddressForm

    def form_valid(self, form: AddressForm) -> HttpResponse:
        """The same page for every address."""
        wait = recovering.ask(
            form.cleaned_data["address"],
            base=base_of(self.request),
            come_from=address.of(self.request),
        )
        return slow_down(self, form, wait) if wait else redirect("account:sent")

    def form_invalid(self, form: AddressForm) -> HttpResponse:
        """The form again, with what is wrong."""
        return self.render_to_response(self.get_context_data(form=form), status=400)


@_open
@_protected
class ResetLink(FormView):
    """`/account/reset/<token>/`: choose the new password."""

    template_name = "kept/accounts/reset_link.html"
    form_class = FirstPasswordForm
    extra_context = {"shortest": SHORTEST}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form, where the link is still good."""
        if not recovering.is_open(kwargs["token"]):
            return self.over()
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: FirstPasswordForm) -> HttpResponse:
        """Store it; then to the sign-in page."""
        done = recovering.replace(self.kwargs["token"], form.cleaned_data["new"])
        if done.outcome == "replaced":
            return redirect(f"{reverse('account:login')}?done=replaced")
        if done.outcome == "over":
            return self.over()
        for problem in done.problems:
            form.add_error(None, problem)
        return self.form_invalid(form)

    def form_invalid(self, form: FirstPasswordForm) -> HttpResponse:
        """The form again, with what is wrong."""
        return self.render_to_response(self.get_context_data(form=form), status=400)

    def over(self) -> HttpResponse:
        """The link opens nothing."""
        context = {"outcome": "over", "says": _WHY["over"]}
        return render(self.request, "kept/accounts/confirm.html", context, status=410)


@_open
@_protected
class AddressLink(View):
    """`/account/address/<token>/`: the link in the mail to a new address."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """A button, where the link is still good."""
        return self.show("ready" if moving.is_open(token) else "over")

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Change the address."""
        return self.show(moving.confirm(token))

    def show(self, outcome: str) -> HttpResponse:
        """What can be done, what was done, or why nothing was."""
        status = 200 if outcome in ("ready", "moved") else _STATUS[outcome]
        says = "The address stands for somebody else here." if outcome == "taken" else _WHY["over"]
        context = {"outcome": outcome, "says": says}
        return render(self.request, "kept/accounts/moved.html", context, status=status)


def base_of(request: HttpRequest) -> str:
    """The site as this visitor reached it, for links in mails: `https://example.org`."""
    return request.build_absolute_uri("/").rstrip("/")

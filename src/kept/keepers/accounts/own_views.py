"""The pages of somebody who is signed in: overview, details, choices, preferences, sessions.

Rules of a page: own data is opened in the built-in `own-data`, to its person alone; what fits the
site to somebody is opened for `personalise`; a purpose that left the policy shows the decision.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView
from django.views.generic.base import ContextMixin, View

from kept import gate, promises
from kept._kit.errors import KeptError
from kept.gate import OWN_DATA, PurposeMixin
from kept.keepers.accounts import choices, flows, moving, pages, preferences, profiles
from kept.keepers.accounts.access import SignedInOnly
from kept.keepers.accounts.forms import MoveForm
from kept.keepers.accounts.models import User
from kept.keepers.accounts.opening_views import base_of
from kept.keepers.accounts.views import slow_down
from kept.keepers.forms.pages import Collected, Page, Refused
from kept.keepers.forms.views import CollectView
from kept.promises import possible

_DONE = {
    "saved": "It is saved.",
    "same": "Nothing was different, so nothing was changed.",
    "password": "Your password is changed. You are signed out everywhere else.",
    "accepted": "You accepted the quote. We begin.",
    "declined": "You declined the quote.",
    "before": "This was decided before; nothing was done a second time.",
}
"""Word in the address -> what the page says. Nothing else of an address is shown."""


class AccountView(ContextMixin, View):
    """What pages of an account have: the navigation, what was just done."""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        """Navigation, the word of what was done, the page's own values."""
        done = _DONE.get(self.request.GET.get("done", ""))
        entries = pages.navigation(user_of(self.request), self.request.path)
        return super().get_context_data(account_pages=entries, done=done, **more)

    def draw(self, template: str, *, status: int = 200, **more: Any) -> HttpResponse:
        """The page, rendered."""
        return render(self.request, template, self.get_context_data(**more), status=status)

    def denied(self, decision: gate.Decision) -> HttpResponse:
        """Which rule denies the page's purpose for everybody, and which clause."""
        return self.draw(
            "kept/accounts/denied.html", status=403, purpose=decision.request.purpose,
            rules=possible.reasons(decision), decision=decision, in_force=promises.current(),
        )  # fmt: skip


class Home(SignedInOnly, AccountView):
    """`/account/`: a greeting for those who want one, and the way to everything else."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        user = user_of(request)
        return self.draw("kept/accounts/home.html", preferred=preferences.of(user))


class ProfilePage(PurposeMixin, SignedInOnly, AccountView):
    """`/account/profile/`: see and change one's own details."""

    purpose = OWN_DATA
    clients_only = True

    def get(self, request: HttpRequest) -> HttpResponse:
        """What is held, in the fields where it can be changed."""
        return self.page(profiles.form_for(self.held()))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Store what differs."""
        form = profiles.form_for(self.held(), request.POST)
        if form is None or not form.is_valid():
            return self.page(form, status=422)
        changed = profiles.change(user_of(request), form.cleaned_data)
        return redirect(f"{request.path}?done={'saved' if changed else 'same'}")

    def held(self) -> dict[str, Any]:
        """The profile's values."""
        return profiles.values_of(profiles.row_of(user_of(self.request).person))

    def page(self, form: forms.Form | None, *, status: int = 200) -> HttpResponse:
        """The fixed values, the form."""
        email = user_of(self.request).email
        fixed = [*profiles.shown(self.held()), ("Email address", email)]
        return self.draw("kept/accounts/profile.html", status=status, form=form, fixed=fixed)


@method_decorator(sensitive_post_parameters(), name="dispatch")
class Address(PurposeMixin, SignedInOnly, AccountView, FormView):
    """`/account/address/`: ask for another email address."""

    purpose = OWN_DATA
    clients_only = True
    template_name = "kept/accounts/address.html"
    form_class = MoveForm

    def form_valid(self, form: MoveForm) -> HttpResponse:
        """The same answer for every address."""
        given, user = form.cleaned_data, user_of(self.request)
        asked = moving.ask(
            user, given["address"], password=given["password"], base=base_of(self.request)
        )
        if asked.outcome == "slow":
            return slow_down(self, form, asked.wait)
        if asked.outcome == "refused":
            form.add_error("password", "The password is not right.")
            return self.form_invalid(form)
        return redirect("account:sent")

    def form_invalid(self, form: MoveForm) -> HttpResponse:
        """The form again, with what is wrong."""
        return self.render_to_response(self.get_context_data(form=form), status=400)


class Choices(SignedInOnly, AccountView):
    """`/account/choices/`: every purpose that is a choice, each by itself."""

    clients_only = True

    def get(self, request: HttpRequest) -> HttpResponse:
        """What was chosen."""
        return self.page()

    def post(self, request: HttpRequest) -> HttpResponse:
        """Change it; the page again where it had become another meanwhile."""
        ticked, seen = request.POST.getlist("choice"), request.POST.getlist("seen")
        try:
            done = choices.change(user_of(request), ticked, seen)
        except KeptError as error:
            return self.page(status=409, problem=f"{error.message}; {error.do}.")
        if not done:
            return self.page(
                status=409,
                problem="What we say about these choices changed while the page was open. "
                "Nothing was changed; please read it again.",
            )
        return redirect(f"{request.path}?done=saved")

    def page(self, *, status: int = 200, problem: str = "") -> HttpResponse:
        """The choices as they are."""
        groups = choices.groups(user_of(self.request))
        return self.draw(
            "kept/accounts/choices.html", status=status, groups=groups, problem=problem
        )


class Preferences(SignedInOnly, AccountView, CollectView):
    """`/account/preferences/`: the collection point `preferences`."""

    clients_only = True
    point: ClassVar[str] = choices.PREFERENCES
    success_url: ClassVar[str] = "/account/preferences/?done=saved"
    template_name: ClassVar[str] = "kept/accounts/preferences.html"
    heading: ClassVar[str] = "Preferences"

    def open(self) -> Page | None:
        """The page with what is set."""
        return preferences.page(user_of(self.request))

    def take(self, sent: Mapping[str, Sequence[str]]) -> Collected | Refused:
        """Keep what was set."""
        return preferences.store(user_of(self.request), sent)

    def closed(self, request: HttpRequest) -> HttpResponse:
        """The purpose or its clause left the policy."""
        return self.denied(possible.whole_purpose(preferences.PURPOSE, self.point_id()))

    def context(self) -> dict[str, Any]:
        """The account's navigation beside the form."""
        return self.get_context_data()


class Sessions(SignedInOnly, AccountView):
    """`/account/sessions/`: since when, and nothing about the device: no clause names it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The sessions, this one marked."""
        here = request.session.session_key
        rows = user_of(request).sessions.order_by("since", "pk")
        listed = [{"since": one.since, "here": one.session_key == here} for one in rows]
        return self.draw("kept/accounts/sessions.html", sessions=listed)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Sign out everywhere, here too."""
        return flows.sign_out_everywhere(request, HttpResponseRedirect(reverse("account:login")))


def user_of(request: HttpRequest) -> User:
    """The signed-in user; the pages here let nobody else through."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - `SignedInOnly` looked
    return user

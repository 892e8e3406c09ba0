"""The page of the second factor: setting up an authenticator, its recovery codes, replacing it.

Rules of a page: GET never makes a secret; a secret is shown until its first code was given, to its
owner alone, and never cached; recovery codes are shown once.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from kept.keepers.accounts import factors, throttle
from kept.keepers.accounts.access import SignedInOnly
from kept.keepers.accounts.forms import CodeForm
from kept.keepers.accounts.own_views import AccountView, user_of
from kept.keepers.accounts.views import onward


@method_decorator(sensitive_post_parameters(), name="dispatch")
class Factor(SignedInOnly, AccountView):
    """`/account/factor/`: one page for all of it; the verb says what a form does."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Where the user stands."""
        return self.page(CodeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Begin, confirm the first code, or put another authenticator in its place."""
        verb = request.POST.get("verb")
        if verb == "begin":
            return self.begin()
        form = CodeForm(request.POST)
        if verb not in ("confirm", "replace") or not form.is_valid():
            return self.page(form, status=400)
        wait = throttle.wait(self.name())
        if wait:
            form.add_error("code", f"Too many attempts. Wait {wait} seconds and try again.")
            return self.page(form, status=429)
        return self.confirm(form) if verb == "confirm" else self.replace(form)

    def begin(self) -> HttpResponse:
        """Make the secret, where none is in use."""
        user = user_of(self.request)
        if not factors.offered(user):
            return self.page(CodeForm(), status=403)
        if not factors.enrolled(user):
            factors.begin(user)
        return redirect(self.request.get_full_path())

    def confirm(self, form: CodeForm) -> HttpResponse:
        """Take the first code; show the recovery codes."""
        user, here = user_of(self.request), self.request.session.session_key
        codes = factors.confirm(user, form.cleaned_data["code"], here)
        if codes is None:
            return self.wrong(form)
        throttle.forget(self.name())
        next_page = onward(self.request)
        return self.draw("kept/accounts/codes.html", codes=codes, next_page=next_page)

    def replace(self, form: CodeForm) -> HttpResponse:
        """Forget the authenticator for another one; a code shows that it is the owner."""
        user = user_of(self.request)
        if not factors.take(user, form.cleaned_data["code"]):
            return self.wrong(form)
        throttle.forget(self.name())
        factors.remove(user)
        factors.begin(user)
        return redirect("account:factor")

    def wrong(self, form: CodeForm) -> HttpResponse:
        """The page again."""
        form.add_error("code", "This code is not right, or was used already. Wait for the next.")
        return self.page(form, status=400)

    def page(self, form: CodeForm, *, status: int = 200) -> HttpResponse:
        """What is set up, or what to do next."""
        user = user_of(self.request)
        secret = factors.waiting_secret(user)
        more: dict[str, Any] = {} if secret is None else {
            "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
            "picture": factors.picture(user, secret),
        }  # fmt: skip
        return self.draw(
            "kept/accounts/factor.html", status=status, form=form,
            enrolled=factors.enrolled(user), offered=factors.offered(user),
            left=factors.codes_left(user),
            next=self.request.POST.get("next", self.request.GET.get("next", "")), **more,
        )  # fmt: skip

    def name(self) -> str:
        """What attempts are counted under: the same as at signing in."""
        return f"code of {user_of(self.request).pk}"

"""The pages of signing in and out and of the password. They call `flows` and hold no rules.

Rules of a page: a form or an answer with a session in it is never cached; GET never acts.
"""

from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.urls import NoReverseMatch, reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, View

from kept.gate import SIGN_IN, PurposeMixin
from kept.keepers.accounts import factors, flows
from kept.keepers.accounts.forms import CodeForm, FirstPasswordForm, PasswordForm, SignInForm
from kept.keepers.accounts.models import User
from kept.keepers.accounts.passwords import SHORTEST

_NOT_SIGNED_IN = "Name and password do not belong together. Check both and try again."
_DONE = {
    "opened": "Your account is open. Sign in with your email address and your password.",
    "replaced": "Your password is changed. Sign in with the new one.",
}
"""Word in the address -> what the page says. Nothing else of an address is shown."""
_protected = method_decorator([sensitive_post_parameters(), never_cache], name="dispatch")


@_protected
@method_decorator(login_not_required, name="dispatch")
class SignIn(PurposeMixin, FormView):
    """`/account/login/`."""

    purpose = SIGN_IN
    template_name = "kept/accounts/login.html"
    form_class = SignInForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form, or onward where somebody is signed in."""
        if request.user.is_authenticated:
            return HttpResponseRedirect(_onward(request))
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: SignInForm) -> HttpResponse:
        """Onward, to the replacement of a one-time password, or back to the form."""
        given = form.cleaned_data
        outcome = flows.sign_in(self.request, given["name"], given["password"])
        if isinstance(outcome, flows.SignedIn):
            return HttpResponseRedirect(_onward(self.request))
        if isinstance(outcome, flows.MustReplace):
            return redirect(f"{reverse('account:password')}?{next_query(self.request)}")
        if isinstance(outcome, flows.MustProve):
            return redirect(f"{reverse('account:code')}?{next_query(self.request)}")
        if outcome.wait:
            return slow_down(self, form, outcome.wait)
        form.add_error(None, _NOT_SIGNED_IN)
        return self.form_invalid(form)

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        """The form again, with what is wrong; 400, so that nobody takes it for a success."""
        return self.render_to_response(self.get_context_data(form=form), status=400)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, where to go afterwards, and what led here."""
        done = _DONE.get(self.request.GET.get("done", ""))
        return super().get_context_data(next=_next(self.request), done=done, **kwargs)


@_protected
@method_decorator(login_not_required, name="dispatch")
class Password(PurposeMixin, FormView):
    """`/account/password/`: the first password of one's own, or another one."""

    purpose = SIGN_IN
    template_name = "kept/accounts/password.html"
    extra_context = {"shortest": SHORTEST}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Only for who is signed in or has just given a one-time password."""
        self.replacing = flows.replacing(request)
        if self.replacing is None and not request.user.is_authenticated:
            return redirect("account:login")
        return super().dispatch(request, *args, **kwargs)

    def get_form_class(self) -> type[FirstPasswordForm]:
        """The current password was just given where a one-time password is replaced."""
        return PasswordForm if self.replacing is None else FirstPasswordForm

    def form_valid(self, form: FirstPasswordForm) -> HttpResponse:
        """Onward, or back to the form with the reasons."""
        outcome = self._change(form.cleaned_data)
        if isinstance(outcome, flows.SignedIn):
            return HttpResponseRedirect(_onward(self.request))
        if isinstance(outcome, flows.MustProve):
            return redirect(f"{reverse('account:code')}?{next_query(self.request)}")
        if isinstance(outcome, flows.Refused):
            return slow_down(self, form, outcome.wait)
        for problem in outcome.problems:
            form.add_error(None, problem)
        return self.form_invalid(form)

    def form_invalid(self, form: FirstPasswordForm) -> HttpResponse:
        """The form again, with what is wrong."""
        return self.render_to_response(self.get_context_data(form=form), status=400)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, whether it is the first password, whose (for password managers), what next."""
        whose = self.replacing or self.request.user
        return super().get_context_data(
            first=self.replacing is not None,
            username=whose.get_username(),
            next=_next(self.request),
            **kwargs,
        )

    def _change(
        self, given: dict[str, str]
    ) -> flows.SignedIn | flows.MustProve | flows.PasswordRefused | flows.Refused:
        if self.replacing is not None:
            return flows.replace_one_time(self.request, self.replacing, given["new"])
        user = self.request.user
        assert isinstance(user, User)  # noqa: S101 - dispatch let nobody else through
        return flows.set_password(self.request, user, current=given["current"], new=given["new"])


@_protected
@method_decorator(login_not_required, name="dispatch")
class Code(PurposeMixin, FormView):
    """`/account/code/`: the second factor, after a right password."""

    purpose = SIGN_IN
    template_name = "kept/accounts/code.html"
    form_class = CodeForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Only for who has just given a right password."""
        self.proving = flows.proving(request)
        if self.proving is None:
            return redirect("account:login")
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: CodeForm) -> HttpResponse:
        """Onward, or the form again."""
        assert self.proving is not None  # noqa: S101 - dispatch let nobody else through
        outcome = flows.second_factor(self.request, self.proving, form.cleaned_data["code"])
        if isinstance(outcome, flows.SignedIn):
            return HttpResponseRedirect(_onward(self.request))
        if outcome.wait:
            return slow_down(self, form, outcome.wait)
        form.add_error("code", "This code is not right, or was used already. Wait for the next.")
        return self.form_invalid(form)

    def form_invalid(self, form: CodeForm) -> HttpResponse:
        """The form again, with what is wrong."""
        return self.render_to_response(self.get_context_data(form=form), status=400)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form and where to go afterwards."""
        return super().get_context_data(next=_next(self.request), **kwargs)


@method_decorator([never_cache, login_not_required], name="dispatch")
class SignOut(View):
    """`/account/logout/`, by POST only: a link or an image must not sign anybody out."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Sign out and go home."""
        return flows.sign_out(request, HttpResponseRedirect("/"))


def slow_down(view: FormView, form: Any, wait: int) -> HttpResponse:
    """The form again, 429, saying how long to wait."""
    form.add_error(None, f"Too many attempts. Wait {_words(wait)} and try again.")
    response = view.render_to_response(view.get_context_data(form=form), status=429)
    response.headers["Retry-After"] = str(wait)
    return response


def _words(seconds: int) -> str:
    minute = 60
    if seconds < minute:
        return f"{seconds} second{'s' if seconds > 1 else ''}"
    minutes = -(-seconds // minute)
    return f"{minutes} minute{'s' if minutes > 1 else ''}"


def _next(request: HttpRequest) -> str:
    """Where the person wanted to go, if it is on this site."""
    wanted = request.POST.get("next", request.GET.get("next", ""))
    here = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if here else ""


def next_query(request: HttpRequest) -> str:
    """Where to go afterwards, handed on to the next page."""
    return urlencode({"next": _next(request)})


def _onward(request: HttpRequest) -> str:
    """Where the person wanted to go; staff without a second factor set one up on the way."""
    user = request.user
    if isinstance(user, User) and user.is_staff and not factors.enrolled(user):
        query = next_query(request)
        return f"{reverse('account:factor')}{f'?{query}' if _next(request) else ''}"
    return onward(request)


def onward(request: HttpRequest) -> str:
    """Where the person wanted to go, else where people of their kind begin."""
    wanted = _next(request)
    if wanted:
        return wanted
    if getattr(request.user, "is_staff", False):
        with suppress(NoReverseMatch):  # a host may leave the console out
            return reverse("console:home")
    return resolve_url(settings.LOGIN_REDIRECT_URL)

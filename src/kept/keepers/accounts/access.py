"""Who may see a page: staff with a second factor, or whoever is signed in. Others are told how.

Rules: staff without a second factor are led to setting one up before anything opens for them; a
code is asked for at every sign-in of an account that has one, so that its sessions are all proved;
a page is an operator's unless it says which other roles see it, and which may act on it.
"""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.mixins import AccessMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from kept.keepers.accounts import factors
from kept.keepers.accounts.models import Role, User

_LOOKING = ("GET", "HEAD", "OPTIONS")


@method_decorator(never_cache, name="dispatch")
class StaffOnly(AccessMixin):
    """Mix into a view class, before `View`. Its answers are never cached."""

    login_url = "account:login"

    def allows(self, role: str, *, acting: bool) -> bool:
        """Whether staff of that role see the page, and, where `acting`, may change something."""
        return role == Role.OPERATOR

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """To the sign-in page without a login; 403 for one whose duty it is not."""
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        if not request.user.is_staff:
            raise PermissionDenied
        if not isinstance(request.user, User) or not factors.enrolled(request.user):
            return redirect(f"{reverse('account:factor')}?{urlencode({'next': request.path})}")
        if not self.allows(request.user.role, acting=request.method not in _LOOKING):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # a View's


@method_decorator(never_cache, name="dispatch")
class SignedInOnly(AccessMixin):
    """Mix into a view class, before `View`: pages of an account, whoever's it is."""

    login_url = "account:login"
    clients_only = False
    """True for pages about a person's own data: an account without a person has none."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """To the sign-in page without a login; 403 for an account that this is not for."""
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        if self.clients_only and getattr(request.user, "subject_id", None) is None:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # a View's

"""Notes who was shown a notice, and whether going on using the site agrees to it.

Rules: only where the page itself asked who is signed in, so that pages that know nobody stay so;
a page that showed the notice for the first time does not count as use after it; whatever fails here
keeps no page from its reader, and agrees to nothing.
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, TypeAlias, cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from kept import promises
from kept.keepers.notices import rules

Inner: TypeAlias = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]
SHOWN = "kept_notice_shown"
"""Set on a request by the template tag: the version whose changes the page shows."""
_SETTLED = "kept_bound"
"""In the session: the version that is known to bind its account."""
_RIGHTS = ("/privacy/", "/account/data/", "/account/choices/", "/account/close/", "/news/")
"""Pages on which people look after their rights and choices, or read the policy."""
_OUT = ("/account/logout/", "/account/login/", "/account/policy/")


class Noticing:
    """Middleware; placed inside the host's by `kept.middleware()`."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Inner) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """The response as it is."""
        if iscoroutinefunction(self.get_response):
            return self._in_async(request)
        response = cast("HttpResponseBase", self.get_response(request))
        if _may_matter(request, response):
            _note(request)
        return response

    async def _in_async(self, request: HttpRequest) -> HttpResponseBase:
        response = await cast("Awaitable[HttpResponseBase]", self.get_response(request))
        if _may_matter(request, response):
            await sync_to_async(_note)(request)
        return response


def _may_matter(request: HttpRequest, response: HttpResponseBase) -> bool:
    """A page that was given to somebody whom it asked about, who may not be bound yet."""
    session = getattr(request, "session", None)
    page = response.status_code == HTTPStatus.OK and "html" in response.get("Content-Type", "")
    if session is None or not page or not session.accessed:
        return False
    newest = promises.coming() or promises.current()
    return newest.ordinal > 0 and session.get(_SETTLED) != newest.ordinal


def _note(request: HttpRequest) -> None:
    from kept.keepers.accounts.models import User
    from kept.keepers.notices import flows

    user: Any = getattr(request, "user", None)
    if not isinstance(user, User) or user.subject_id is None:
        return
    news = flows.news_for(user)
    if news is None:
        request.session[_SETTLED] = (promises.coming() or promises.current()).ordinal
        return
    version = news.version.ordinal
    before = flows.was_shown(user.person, version)
    if getattr(request, SHOWN, None) == version and not before:
        flows.show(user.person, version)
    flows.go_on(
        user,
        deliberate=rules.is_deliberate(request.method or "", request.headers),
        about_rights=request.path.startswith((*_RIGHTS, *_OUT)),
        before=before,
    )

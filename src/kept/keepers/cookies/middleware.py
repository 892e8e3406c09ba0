"""The outermost guard: every response passes it, whatever made the response.

Rules: a cookie is held to the policy whether it was set as a cookie or written as a header; what
the flow refuses is dropped, and what nobody declared is reported (the name, never the value); in
development an undeclared cookie is an error page with the lines to add, so that it is found before
a visitor is; what a browser still has of a refused cookie is deleted, wherever it may stand; what a
page asks of hosts that the policy does not name is refused by the browser and reported; an error in
the guard leaves no response.
"""

import logging
import time
from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.decorators import sync_and_async_middleware

from kept import policy, promises
from kept._kit.errors import KeptError
from kept.conf import settings, stopped
from kept.keepers.cookies import choice, flows, headers, removing, sources
from kept.keepers.edges import flows as edges

log = logging.getLogger("kept.cookies")
Answer = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]
ASKED = "_kept_cookie_choice_shown"
"""Set on a request whose page depends on the choice."""
_WRITE_EVERY = 10.0
"""Seconds between two writings of what was stopped, so that nobody buys a write per request."""
_NONE_POSTED = "P002"
_SET_COOKIE = "Set-Cookie"
_written = float("-inf")


@sync_and_async_middleware
def ResponseGuard(get_response: Answer) -> Answer:  # noqa: N802 - named as middleware are
    """The middleware, for WSGI and ASGI."""
    if iscoroutinefunction(get_response):

        async def answer_async(request: HttpRequest) -> HttpResponseBase:
            response = guard(request, await get_response(request))
            if _is_due():
                await sync_to_async(edges.write_down)()
            return response

        return answer_async

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = guard(request, get_response(request))  # type: ignore[arg-type] # sync, as tested
        if _is_due():
            edges.write_down()
        return response

    return answer


def guard(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """The response, with undeclared cookies gone and every header in place."""
    _take_header(response)
    if response.cookies or request.COOKIES:
        response = _hold(request, response)
    declared = _in_force()
    for name in headers.put(response.headers, declared):
        stopped.note("header", name)
    _look(request, response, declared)
    if getattr(request, ASKED, False):
        patch_vary_headers(response, ["Cookie"])
    return response


def _look(request: HttpRequest, response: HttpResponseBase, declared: policy.Policy | None) -> None:
    """Report what the page asks for and the browser will refuse."""
    here = request.META.get("HTTP_HOST", "")
    for name in sources.elsewhere(response, headers.sources_of(declared).hosts, here):
        log.warning("a page asks for `%s`, which the policy does not name", name)
        stopped.note("source", name)


def _in_force() -> policy.Policy | None:
    """The policy in force; None before the first one is posted, when it names nobody."""
    try:
        return promises.current().policy
    except KeptError as error:
        if error.code.id != _NONE_POSTED:
            raise
        return None


def _is_due() -> bool:
    """Whether something waits to be written down, and the last writing is a while ago."""
    global _written  # noqa: PLW0603 - one writer per process is the point
    if not stopped.pending() or time.monotonic() - _written < _WRITE_EVERY:
        return False
    _written = time.monotonic()
    return True


def _hold(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    declared = promises.current().policy
    chosen = choice.read(_choice_after(request, response), declared)
    secure = settings().production
    decisions = flows.hold_to_policy(response.cookies, declared, chosen, secure=secure)
    left = choice.unwanted(request.COOKIES, chosen, declared)
    here = request.META.get("HTTP_HOST", "")
    removing.remove(response.cookies, left, here, request.path)
    wrong = flows.undeclared(decisions)
    for decision in wrong:
        log.warning("cookie `%s` was not set: %s", decision.name, decision.reason)
        stopped.note("cookie", decision.name)
    if wrong and not settings().production:
        return render(request, "kept/cookies/undeclared.html", {"cookies": wrong}, status=500)
    return response


def _choice_after(request: HttpRequest, response: HttpResponseBase) -> str | None:
    """The choice that holds once the browser has this response."""
    if choice.NAME in response.cookies:
        value: str = response.cookies[choice.NAME].value
        return value
    return request.COOKIES.get(choice.NAME)


def _take_header(response: HttpResponseBase) -> None:
    """Make a cookie of a `Set-Cookie` that was written as a header; what is none goes."""
    line = response.headers.get(_SET_COOKIE)
    if line is None:
        return
    del response.headers[_SET_COOKIE]
    try:
        written = SimpleCookie(line)
    except CookieError:
        written = SimpleCookie()
    if not written:
        log.warning("a malformed `%s` header was not sent", _SET_COOKIE)
        stopped.note("header", _SET_COOKIE)
    for name, morsel in written.items():
        if name not in response.cookies:
            dict.__setitem__(response.cookies, name, morsel)

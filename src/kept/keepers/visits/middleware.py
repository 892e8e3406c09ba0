"""Notes page views after their response is made, and takes the times of reading in.

Rules: it stands ahead of sessions, accounts and forms, so that it knows nobody; only pages that
were really shown on the policy's routes count; the token travels in a header of a response that no
cache may keep, never in a page, an address, a form or a cookie; whatever goes wrong here, the page
is served.
"""

import base64
import binascii
import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from kept import promises
from kept.conf import settings
from kept.keepers.visits import deciding, linking
from kept.keepers.visits.handing import hand
from kept.keepers.visits.pages import page_of
from kept.keepers.visits.robots import is_robot

READ_PATH = "/.well-known/kept/read"
"""Where the script reports that a page is no longer looked at."""
_LONGEST = 400
log = logging.getLogger("kept.visits")
Answer = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]


@sync_and_async_middleware
def Visits(get_response: Answer) -> Answer:  # noqa: N802 - named as middleware are
    """The middleware, for WSGI and ASGI."""
    if iscoroutinefunction(get_response):

        async def answer_async(request: HttpRequest) -> HttpResponseBase:
            if request.path_info == READ_PATH:
                return await sync_to_async(read)(request)
            response = await get_response(request)
            await sync_to_async(note)(request, response)
            return response

        return answer_async

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.path_info == READ_PATH:
            return read(request)
        response = get_response(request)
        note(request, response)  # type: ignore[arg-type] # sync by the test above
        return response  # type: ignore[return-value] # as above

    return answer


def read(request: HttpRequest) -> HttpResponse:
    """Take a token back. The answer is always the same."""
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    try:
        token = base64.urlsafe_b64decode(request.read(_LONGEST))
    except (binascii.Error, ValueError):
        token = b""
    if token:
        hand.leave(token)
    return HttpResponse(status=204)


def note(request: HttpRequest, response: HttpResponseBase) -> None:
    """Note the view of a page that was shown."""
    try:
        token = _note(request, response)
    except Exception as problem:  # a page is not lost because it could not be counted
        log.warning("a view was not counted: %s", type(problem).__name__)
        hand.lose()
        return
    if token is not None:
        encoded = base64.urlsafe_b64encode(token).decode()
        response.headers["Server-Timing"] = f'kept;desc="{encoded}"'
        response.headers["Cache-Control"] = "private, no-store"


def _note(request: HttpRequest, response: HttpResponseBase) -> bytes | None:
    if request.method != "GET" or response.status_code != HTTPStatus.OK:
        return None
    visits = promises.current().policy.visits
    page = page_of(request.path_info, visits)
    if page is None or visits is None or not _is_html(response):
        return None
    may = deciding.recordable(visits, deciding.signals_of(request))
    if not may.page:
        return None
    if is_robot(request.META.get("HTTP_USER_AGENT", "")):
        hand.robot(page)
        return None
    address = address_of(request) if may.address else ""
    linking.link(request, page, address, deciding.signals_of(request))
    token = hand.view(page, address)
    return token if may.reading else None


def _is_html(response: HttpResponseBase) -> bool:
    return response.headers.get("Content-Type", "").startswith("text/html")


def address_of(request: HttpRequest) -> str:
    """The visitor's address; what a forwarding header says counts from trusted proxies only."""
    peer: str = request.META.get("REMOTE_ADDR", "")
    trusted = settings().trusted_proxies
    if peer not in trusted:
        return peer
    hops = [one.strip() for one in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    return next((hop for hop in reversed(hops) if hop and hop not in trusted), peer)

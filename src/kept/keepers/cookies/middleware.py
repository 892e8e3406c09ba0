"""The outermost guard: every response passes it, whatever made the response.

Rules: what the flow refuses is dropped and reported (the name, never the value); an error in the
guard leaves no response to send.
"""

import logging
from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from kept import promises
from kept.conf import settings
from kept.keepers.cookies import flows
from kept.keepers.cookies.headers import HEADERS

log = logging.getLogger("kept.cookies")
Answer = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]


@sync_and_async_middleware
def ResponseGuard(get_response: Answer) -> Answer:  # noqa: N802 - named as middleware are
    """The middleware, for WSGI and ASGI."""
    if iscoroutinefunction(get_response):

        async def answer_async(request: HttpRequest) -> HttpResponseBase:
            return guard(await get_response(request))

        return answer_async

    def answer(request: HttpRequest) -> HttpResponseBase:
        return guard(get_response(request))  # type: ignore[arg-type] # sync by the test above

    return answer


def guard(response: HttpResponseBase) -> HttpResponseBase:
    """The response, with undeclared cookies gone and every header in place."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if response.cookies:
        in_force = promises.current().policy
        decisions = flows.hold_to_policy(response.cookies, in_force, secure=settings().production)
        for decision in flows.refused(decisions):
            log.warning("cookie `%s` was not set: %s", decision.name, decision.reason)
    return response

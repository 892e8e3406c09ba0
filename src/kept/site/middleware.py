"""Gives bare refusals the site's look: a person who meets one reads what to do next.

Rules: only an answer without a body is given one; the status and the headers stay as they were; the
page is made without the request, so that it needs nothing that may be broken just now.
"""

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.decorators import sync_and_async_middleware

Answer = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]
STATUSES = frozenset({405, 409, 413, 429})
"""Those that Django itself has no page for."""


@sync_and_async_middleware
def ErrorPages(get_response: Answer) -> Answer:  # noqa: N802 - named as middleware are
    """The middleware, for WSGI and ASGI."""
    if iscoroutinefunction(get_response):

        async def answer_async(request: HttpRequest) -> HttpResponseBase:
            return dress(await get_response(request))

        return answer_async

    def answer(request: HttpRequest) -> HttpResponseBase:
        return dress(get_response(request))  # type: ignore[arg-type] # sync by the test above

    return answer


def dress(response: HttpResponseBase) -> HttpResponseBase:
    """The response, with the page of its status where it had no body."""
    if not isinstance(response, HttpResponse) or response.status_code not in STATUSES:
        return response
    if not response.content:
        context = {"seconds": response.headers.get("Retry-After")}
        response.content = render_to_string(f"{response.status_code}.html", context)
    return response

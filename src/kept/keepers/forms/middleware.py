"""Refuses requests that no browser in good faith sends, before anything reads them.

Rules: NUL bytes and bytes that are not UTF-8 in the path or the query are answered 400; a body
longer than the site reads is answered 413 from its declared length, unread. Nothing is stored and
nothing of what was sent is logged or echoed. Form fields are judged later, by the flow, so that
what was typed can be kept on the page.
"""

from collections.abc import Awaitable, Callable
from urllib.parse import unquote_to_bytes

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import select_template
from django.utils.decorators import sync_and_async_middleware

Answer = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]


@sync_and_async_middleware
def RefuseMalformed(get_response: Answer) -> Answer:  # noqa: N802 - named as middleware are
    """The middleware, for WSGI and ASGI."""
    if iscoroutinefunction(get_response):

        async def answer_async(request: HttpRequest) -> HttpResponseBase:
            status = refusal(request)
            return error_page(request, status) if status else await get_response(request)

        return answer_async

    def answer(request: HttpRequest) -> HttpResponseBase:
        status = refusal(request)
        return error_page(request, status) if status else get_response(request)  # type: ignore[return-value] # sync by the test above

    return answer


def refusal(request: HttpRequest) -> int:
    """The status that this request is refused with, or 0."""
    if not _is_text(request.path_info) or not _is_text_query(request.META.get("QUERY_STRING", "")):
        return 400
    return 413 if _is_too_long(request) else 0


def error_page(request: HttpRequest, status: int) -> HttpResponse:
    """The site's page for `status`; Django's template context processors are not needed for it."""
    template = select_template([f"{status}.html", "kept/error.html"])
    return HttpResponse(template.render({"status": status}, request), status=status)


def _is_text(path: str) -> bool:
    # WSGI hands the path over with bytes that were not UTF-8 already replaced.
    return "\x00" not in path and "\N{REPLACEMENT CHARACTER}" not in path


def _is_text_query(query: str) -> bool:
    try:
        return "\x00" not in unquote_to_bytes(query.replace("+", " ")).decode("utf-8")
    except UnicodeDecodeError:
        return False


def _is_too_long(request: HttpRequest) -> bool:
    length = request.META.get("CONTENT_LENGTH") or "0"
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return not str(length).isdigit() or (most is not None and int(length) > most)

"""Ask our own site for a page as a visitor would, inside this process: what checks look at.

Rules: the whole middleware runs and nothing is sent over a network; the visitor has no cookie and
says that it is a machine, so that visits count it apart.
"""

from collections.abc import Mapping
from functools import cache
from io import BytesIO

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpResponse
from django.http.response import HttpResponseBase

NAME = "kept-verify (robot)"
"""What the visitor calls itself."""


def ask(path: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """The answer to GET `path`. `headers` in WSGI's spelling, such as `HTTP_SEC_GPC`.

    Raises what the site's own error handling does not turn into a page.
    """
    request = WSGIRequest(_environ(path, headers or {}))
    answer = _handler(tuple(settings.MIDDLEWARE)).get_response(request)
    body = _body(answer)
    closers = getattr(answer, "_resource_closers", ())  # close() would end our own connections
    for release in closers:
        release()
    plain = HttpResponse(body, status=answer.status_code, headers=dict(answer.items()))
    plain.cookies = answer.cookies
    return plain


@cache
def _handler(_middleware: tuple[str, ...]) -> WSGIHandler:
    """Django's own, which loads the middleware once."""
    return WSGIHandler()


def _body(answer: HttpResponseBase) -> bytes:
    if isinstance(answer, HttpResponse):
        return answer.content
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined] # the other kind


def _environ(path: str, headers: Mapping[str, str]) -> dict[str, object]:
    route, _mark, query = path.partition("?")
    host = next((one.lstrip(".") for one in settings.ALLOWED_HOSTS if "*" not in one), "localhost")
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": route,
        "QUERY_STRING": query,
        "SERVER_NAME": host,
        "HTTP_HOST": host,
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_USER_AGENT": NAME,
        "HTTP_ACCEPT": "text/html",
        "HTTP_ACCEPT_LANGUAGE": "en",
        "wsgi.url_scheme": "https",
        "wsgi.input": BytesIO(),
        **headers,
    }

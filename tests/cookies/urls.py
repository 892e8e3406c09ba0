"""Views that set cookies as third-party code would."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def sets(request: HttpRequest) -> HttpResponse:
    response = HttpResponse("hello")
    response.set_cookie("tracker", "secret-value", max_age=400 * 86_400)
    response.set_cookie("csrftoken", "x" * 32, max_age=400 * 86_400, samesite="None")
    return response


def removes(request: HttpRequest) -> HttpResponse:
    response = HttpResponse("hello")
    response.delete_cookie("left-over")
    return response


async def sets_async(request: HttpRequest) -> HttpResponse:
    return sets(request)


LINES = {
    "undeclared": "tracker=secret-value; Max-Age=999999; Path=/",
    "long": "csrftoken=abc; Expires=Thu, 01 Jan 2099 00:00:00 GMT; SameSite=None",
    "short": "csrftoken=abc; Max-Age=7200",
    "over": "left-over=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/",
    "malformed": "=; ;; nonsense",
}


def writes(request: HttpRequest, which: str) -> HttpResponse:
    """Writes the header itself, past `set_cookie`."""
    return HttpResponse("hello", headers={"Set-Cookie": LINES[which]})


urlpatterns = [
    path("", sets),
    path("gone/", removes),
    path("async/", sets_async),
    path("written/<str:which>/", writes),
]

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


urlpatterns = [path("", sets), path("gone/", removes), path("async/", sets_async)]

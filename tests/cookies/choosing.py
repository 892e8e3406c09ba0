"""The site, and a view that sets optional cookies."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from kept.site.urls import urlpatterns as site


def sets(request: HttpRequest) -> HttpResponse:
    response = HttpResponse("hello")
    response.set_cookie("theme", "dark", max_age=400 * 86_400)
    response.set_cookie("seen_7", "1", max_age=400 * 86_400)
    return response


urlpatterns = [path("sets/", sets), *site]

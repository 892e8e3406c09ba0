"""The site, and a view that sets optional cookies."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from kept.site.urls import urlpatterns as site


def sets(request: HttpRequest) -> HttpResponse:
    response = HttpResponse("hello")
    response.set_cookie("theme", "dark", max_age=400 * 86_400)
    response.set_cookie("seen_7", "1", max_age=400 * 86_400)
    return response


def narrow(request: HttpRequest) -> HttpResponse:
    """Sets one for a folder and a whole domain, as scripts of shops like to."""
    response = HttpResponse("hello")
    response.set_cookie("theme", "dark", path="/shop/mugs/", domain=".example.org")
    return response


urlpatterns = [path("shop/mugs/", narrow), path("sets/", sets), *site]

"""The pages of accounts, and where they lead."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def page(request: HttpRequest) -> HttpResponse:
    """Somewhere to arrive."""
    return HttpResponse("arrived")


urlpatterns = [
    path("account/", include("kept.keepers.accounts.urls")),
    path("console/", include(([path("", page, name="home")], "console"))),
]

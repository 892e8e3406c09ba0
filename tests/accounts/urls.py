"""The pages of accounts, and a page for staff where they lead."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.generic import View

from kept.keepers.accounts.access import StaffOnly


class Desk(StaffOnly, View):
    """Somewhere to arrive."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """A page."""
        return HttpResponse("arrived")


urlpatterns = [
    path("account/", include("kept.keepers.accounts.urls")),
    path("console/", include(([path("", Desk.as_view(), name="home")], "console"))),
]

"""The first page of the console."""

from django.http import HttpRequest, HttpResponse

from kept.console.glance import glance
from kept.console.pages import ConsolePage


class Home(ConsolePage):
    """`/console/`: what waits, what is wrong, what runs the site."""

    place = "home"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        return self.show("home.html", glance=glance())

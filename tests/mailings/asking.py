"""Asking for mails, as a visitor does at `/news/`."""

from django.test import Client

from tests.accounts.person import token_of

NEWS, OTHER = "consent-news", "consent-other-information"


def ask(address, *boxes, **more):
    """Fill in the page; its answer."""
    browser = Client()
    token = token_of(browser.get("/news/"))
    ticked = dict.fromkeys(boxes, "on")
    return browser.post("/news/", {"kept-form": token, "email": address, **ticked, **more})

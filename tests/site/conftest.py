"""The site with the reference policy posted, and people who write about it."""

import html
import re

import pytest

from kept.site.models import Testimonial
from tests.posting import post, usimprints

__all__ = ["post", "usimprints"]

TYPED = {
    "name": "Bea & Sons",
    "email": "bea.canary@example.org",
    "words": "The colors match.\nEven after a <b>year</b>.",
    "consent-publish-testimonial": "on",
}


def text_of(response) -> str:
    """A page's text as a person reads it."""
    without_tags = re.sub(r"<[^>]+>", "", response.content.decode())
    return html.unescape(without_tags)


@pytest.fixture
def write(usimprints, client):
    """Write a testimonial; gives its row."""

    def writing(**typed: str) -> Testimonial:
        page = client.get("/testimonials/write/").content.decode()
        token = re.search(r'name="kept-form" value="([^"]+)"', page)
        known = set(Testimonial.objects.values_list("pk", flat=True))
        data = {"kept-form": token[1], **TYPED, **typed}
        response = client.post("/testimonials/write/", data)
        assert (response.status_code, response["Location"]) == (302, "/testimonials/thanks/")
        return Testimonial.objects.exclude(pk__in=known).get()

    return writing

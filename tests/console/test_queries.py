"""No page of the console asks its databases once for each row: many rows, as many questions.

Every page without arguments, over inquiries, testimonials and requests of few and of many people;
the data database and the key store are both counted.
"""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kept.console import urls
from kept.keepers.forms.models import Submission
from kept.keepers.rights.models import Request
from kept.site import models as site
from kept.vault.keystore import keystore
from tests.console.conftest import INQUIRY, WORDS, write

pytestmark = pytest.mark.django_db(transaction=True)

FEW, MANY = 2, 9
PAGES = sorted(f"/console/{one.pattern}" for one in urls.urlpatterns if "<" not in str(one.pattern))


def test_there_are_pages_to_look_at() -> None:
    assert {"/console/", "/console/inbox/", "/console/requests/", "/console/mail/"} <= {*PAGES}


def test_pages_ask_as_often_for_many_rows_as_for_few(usimprints, desk, monkeypatch):
    asked: list[str] = []
    store = type(keystore().database)
    read = store.read
    monkeypatch.setattr(
        store, "read", lambda self, sql, values=(): asked.append(sql) or read(self, sql, values)
    )
    counts: dict[str, list[int]] = {page: [] for page in PAGES}
    for start, end in ((0, FEW), (FEW, MANY)):
        _people(start, end)
        for page in PAGES:
            assert desk.get(page).status_code == 200, (
                page
            )  # what is kept between pages is there now
            asked.clear()
            with CaptureQueriesContext(connection) as captured:
                desk.get(page)
            counts[page].append(len(captured) + len(asked))
    assert Submission.objects.count() == site.Testimonial.objects.count() == MANY
    assert Request.objects.count() == MANY
    assert {page: found for page, found in counts.items() if found[1] > found[0]} == {}


def _people(start: int, end: int) -> None:
    """Each inquires, says something to be published and asks for a copy."""
    for number in range(start, end):
        address = f"p{number}@example.org"
        write("/ask/", {**INQUIRY, "email": address})
        write("/testimonials/write/", {**WORDS, "email": address})
        client, path = Client(), "/privacy/requests/access/"
        token = re.search(r'name="kept-form" value="([^"]+)"', client.get(path).content.decode())[1]
        assert client.post(path, {"kept-form": token, "email": address}).status_code == 302

"""What a whole page costs, through middleware, view and template (B3)."""

from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpResponse
from django.template import Context, Template
from django.test import RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import path

from kept import gate, vault
from kept.vault.keystore.keys import Keys

pytestmark = pytest.mark.django_db
_PAGE = Template(
    "{% for row in rows %}<p>{{ row.name }}, {{ row.email }}: {{ row.message|linebreaks }}</p>"
    "{% endfor %}"
)


@gate.for_purpose("answer-inquiry")
def comments(request: Any) -> HttpResponse:
    from tests.vault.host.models import Inquiry

    rows = Inquiry.objects.order_by("pk")[: int(request.GET["rows"])]
    return HttpResponse(_PAGE.render(Context({"rows": rows})))


urlpatterns = [path("comments/", comments)]


@pytest.mark.parametrize("rows", [1, 10, 50])
def test_a_page_of_other_peoples_rows_costs_two_queries_more_whatever_their_number(
    rows: int, monkeypatch: pytest.MonkeyPatch
):
    from tests.vault.host.models import Inquiry

    with gate.purpose("serve"):
        for number in range(rows):
            row = Inquiry.objects.create(
                name=f"N{number}", email=f"{number}@page.org", message="hello"
            )
            if number % 10 != 9:  # choices are mixed: every tenth did not consent
                vault.set_choices(row.subject_id, consent=["answer-inquiry"])
    asked: list[int] = []
    fetch = Keys.fetch
    monkeypatch.setattr(Keys, "fetch", lambda self, ids: asked.append(len(ids)) or fetch(self, ids))
    with override_settings(MIDDLEWARE=["kept.vault.middleware.PurposeScope"]):
        handler = WSGIHandler()
    request = RequestFactory().get("/comments/", {"rows": rows})
    request.urlconf = __name__
    with CaptureQueriesContext(connection) as queries:
        text = handler.get_response(request).text
    assert text.count("hello") == rows - rows // 10
    assert text.count("kept-withheld") == rows // 10 * 3
    assert len(queries) == 2  # the rows, and the people they are about
    assert asked == [rows]  # and one question to the key store

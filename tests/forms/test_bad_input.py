"""Whatever is sent: a clear answer, nothing stored, what was typed kept where it can be."""

import pytest
from django.test import Client

from kept.keepers.forms.models import Submission
from tests.forms.conftest import TYPED, Visitor


@pytest.fixture(autouse=True)
def _nothing_is_stored(visitor):
    yield
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "not an address"),
        ("email", "zoe@example.org\r\nBcc: all@example.org"),
        ("name", "Zoë\r\nBcc: all@example.org"),
        ("name", "x" * 100_000),
        ("message", "x" * 900_000),
        ("message", "with a \x00 inside"),
        ("message", "with a \x1b[31m inside"),
        ("phone", "call me"),
    ],
)
def test_a_bad_value_is_refused_with_the_field_named(visitor, field, value):
    response = visitor.send({**TYPED, field: value})
    page = response.content.decode()
    assert response.status_code == 422
    assert f'href="#id_{field}"' in page
    assert "Canary &amp; Daughters" in page


def test_a_field_sent_twice_is_refused(visitor):
    data = {"kept-form": visitor.token(), **TYPED, "email": ["a@example.org", "b@example.org"]}
    response = visitor.client.post("/ask/", data)
    assert response.status_code == 422
    assert "more than once" in response.content.decode()


def test_bytes_that_are_not_utf8_are_refused_and_the_rest_stays(visitor):
    body = f"kept-form={visitor.token()}&name=Zoe&email=z%40example.org&message=%ff%fe"
    form = "application/x-www-form-urlencoded"
    response = visitor.client.post("/ask/", body + "&consent-answer-inquiry=on", content_type=form)
    assert response.status_code == 422
    assert "z@example.org" in response.content.decode()


@pytest.mark.parametrize("size", [3_000_000, 10_000_000])
def test_a_body_that_is_too_long_is_refused_unread(visitor, size):
    response = visitor.send({**TYPED, "message": "x" * size})
    assert response.status_code == 413
    assert "x" * 100 not in response.content.decode()


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/xml"])
def test_what_is_no_form_is_refused(visitor, kind):
    assert visitor.client.post("/ask/", b"{}", content_type=kind).status_code == 415


def test_a_multipart_body_without_its_boundary_is_refused(visitor):
    kind = "multipart/form-data; boundary="
    assert visitor.client.post("/ask/", b"garbage", content_type=kind).status_code == 400


@pytest.mark.parametrize("token", ["", "forged", "WyJpbnF1aXJ5Il0:1:x", "\x00", "a" * 5000])
def test_a_form_that_did_not_come_from_us_is_refused_and_shown_again(visitor, token):
    response = visitor.client.post("/ask/", {**TYPED, "kept-form": token})
    assert response.status_code == 400
    assert "Forty mugs" in response.content.decode()


def test_without_the_csrf_cookie_nothing_happens(visitor):
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/ask/", {**TYPED, "kept-form": Visitor(strict).token()})
    assert response.status_code == 403


@pytest.mark.parametrize("path", ["/ask/%00", "/ask/?q=%00", "/ask/?q=%ff"])
def test_nul_and_undecodable_addresses_are_refused(visitor, path):
    assert visitor.client.get(path).status_code == 400


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_verbs_are_refused(visitor, method):
    assert getattr(visitor.client, method)("/ask/").status_code == 405

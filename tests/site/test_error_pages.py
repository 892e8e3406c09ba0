"""Error pages: each renders with nothing at hand, says what to do next, tells nobody anything."""

import pytest
from django.http import HttpResponse, HttpResponseNotAllowed, StreamingHttpResponse
from django.template.loader import get_template

from kept.site.middleware import STATUSES, dress

NAMES = ["400", "403", "403_csrf", "404", "405", "409", "413", "429", "500"]


@pytest.mark.parametrize("name", NAMES)
def test_it_renders_without_a_request_and_offers_a_way_on(name):
    page = get_template(f"{name}.html").render()
    assert f"Error {name[:3]}" in page
    assert '<a class="button" href="/">' in page
    assert '<html lang="en">' in page


def test_a_bare_refusal_gets_the_page_of_its_status():
    response = dress(HttpResponseNotAllowed(["GET"]))
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET"
    assert b"That page cannot be used this way" in response.content


def test_a_page_that_says_how_long_to_wait():
    refused = HttpResponse(status=429, headers={"Retry-After": "7"})
    assert b"Wait 7 seconds" in dress(refused).content


@pytest.mark.parametrize("status", sorted(STATUSES))
def test_an_answer_with_words_of_its_own_keeps_them(status):
    response = dress(HttpResponse(b"mine", status=status))
    assert response.content == b"mine"


def test_a_good_answer_and_a_stream_pass_untouched():
    good = HttpResponse(status=204)
    assert dress(good).content == b""
    stream = StreamingHttpResponse([b"a"], status=413)
    assert dress(stream) is stream

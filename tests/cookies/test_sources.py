"""What a page asks for elsewhere is found in the page, and only that."""

import pytest
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse

from kept.keepers.cookies.sources import elsewhere

HERE = "shop.example:8000"


def found(page: str, allowed: tuple[str, ...] = ()) -> tuple[str, ...]:
    return elsewhere(HttpResponse(page), allowed, HERE)


@pytest.mark.parametrize(
    "page",
    [
        '<script src="https://evil.example/x.js"></script>',
        "<script async SRC='//evil.example/x.js'>",
        "<script\n defer\n src=https://evil.example:443/x.js>",
        '<img alt="a" src="http://EVIL.example/pixel">',
        '<img srcset="https://evil.example/2x.png 2x">',
        '<iframe src = "https://evil.example?page=1"></iframe>',
        '<link href="https://evil.example/font.css" rel="stylesheet">',
        '<link rel="dns-prefetch" href="//evil.example">',
        '<form method="post" action="https://evil.example/take">',
        '<video poster="https://user@evil.example/p.png">',
        '<svg><use href="https://evil.example/i.svg#a"/></svg>',
    ],
)
def test_whatever_a_page_asks_of_another_host_is_found_by_its_host(page):
    assert found(page) == ("evil.example",)


@pytest.mark.parametrize(
    "page",
    [
        '<a href="https://evil.example/">a link is followed by people</a>',
        '<link rel="canonical" href="https://www.shop.example/">',
        '<script src="/static/x.js"></script>',
        '<img src="http://shop.example:8000/x.png">',
        "<p>src=https://evil.example</p>",
        '<script type="application/ld+json">{"url": "https://evil.example"}</script>',
        '<img src="data:image/png;base64,//aa">',
    ],
)
def test_what_contacts_nobody_else_is_left_alone(page):
    assert found(page) == ()


def test_another_port_is_another_site():
    assert found('<img src="https://shop.example/x.png">') == ("shop.example",)
    assert found('<img src="//evil.example:8443/x.png">') == ("evil.example:8443",)


def test_what_the_policy_names_is_left_alone():
    page = '<img src="https://a.meter.example.net/1"><img src="https://meter.example.net/1">'
    assert found(page, ("*.meter.example.net",)) == ("meter.example.net",)
    assert found(page, ("*.meter.example.net", "meter.example.net")) == ()


def test_code_inside_a_page_is_found_unless_the_page_marked_it():
    assert found("<script>track()</script>") == ("inline script",)
    assert found('<script nonce="abc">track()</script>') == ()


def test_what_is_no_page_is_not_read():
    bad = b'<script src="https://evil.example/x.js"></script>'
    assert elsewhere(JsonResponse({"x": bad.decode()}), (), HERE) == ()
    assert elsewhere(StreamingHttpResponse([bad]), (), HERE) == ()
    assert elsewhere(HttpResponse(bad, content_type="text/plain"), (), HERE) == ()


def test_a_long_page_of_open_tags_takes_no_time():
    import time

    page = "<script " * 50_000 + "<img " * 50_000
    began = time.perf_counter()
    assert found(page) == ()
    assert time.perf_counter() - began < 5

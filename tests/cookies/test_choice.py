"""Optional cookies wait for a free choice, and leave when it is refused or taken back."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.keepers.cookies import choice, removing
from tests.posting import USIMPRINTS

OPTIONAL = (
    USIMPRINTS
    + """
[cookies.cookie-choice]
says = "remembers what you chose about optional cookies"
lifetime = "30 days"
necessary = true

[cookies.theme]
says = "remembers the colours that you like"
lifetime = "90 days"
for = ["personalise"]

[cookies."seen_*"]
says = "remembers which products you looked at"
lifetime = "10 days"
for = ["personalise"]
"""
)
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def shop(post, settings, client):
    post(OPTIONAL)
    settings.ROOT_URLCONF = "tests.cookies.choosing"
    settings.KEPT = {**settings.KEPT, "PRODUCTION": True}
    return client


def choose(client, word="save", *cookies):
    data = {"choice": word, "cookie": cookies}
    return client.post("/privacy/cookies/", data, headers=OURS)


def test_before_a_choice_nothing_optional_is_set(shop):
    assert set(shop.get("/sets/").cookies) == set()


def test_the_question_offers_both_answers_alike_and_ticks_nothing(shop):
    page = shop.get("/").content.decode()
    accept = re.search(r"<button ([^>]*)>Accept</button>", page)
    refuse = re.search(r"<button ([^>]*)>Refuse</button>", page)
    assert accept[1].replace("accept", "") == refuse[1].replace("refuse", "")
    assert "checked" not in shop.get("/privacy/cookies/").content.decode()


def test_accepted_cookies_are_set_for_their_declared_time(shop):
    choose(shop, "accept")
    cookies = shop.get("/sets/").cookies
    assert set(cookies) == {"theme", "seen_7"}
    assert cookies["theme"]["max-age"] == 90 * 86_400
    assert cookies["seen_7"]["max-age"] == 10 * 86_400


def test_a_choice_one_by_one_sets_only_what_was_ticked(shop):
    choose(shop, "save", "theme")
    assert set(shop.get("/sets/").cookies) == {"theme"}


def test_withdrawing_removes_what_was_set_and_sets_it_no_more(shop):
    choose(shop, "accept")
    shop.get("/sets/")
    assert {"theme", "seen_7"} <= set(shop.cookies)
    answer = choose(shop, "refuse")
    assert {name: answer.cookies[name]["max-age"] for name in ("theme", "seen_7")} == {
        "theme": 0,
        "seen_7": 0,
    }
    sets_none(shop)


def sets_none(shop):
    """Whatever the view sets, its response only removes, and only what is optional."""
    cookies = shop.get("/sets/").cookies.values()
    assert {one.key for one in cookies} <= {"theme", "seen_7"}
    assert all(one["max-age"] == 0 for one in cookies)


def test_an_accepted_cookie_stands_on_this_host_alone_so_that_every_page_can_remove_it(shop):
    choose(shop, "accept")
    cookie = shop.get("/shop/mugs/").cookies["theme"]
    assert (cookie["path"], cookie["domain"]) == ("/", "")


def test_what_scripts_set_elsewhere_is_removed_from_there_too(shop, settings):
    settings.ALLOWED_HOSTS = ["www.shop.example.org"]
    choose(shop, "refuse")
    shop.cookies["theme"] = "dark"
    answer = shop.get("/shop/mugs/", headers={"host": "www.shop.example.org:8443"})
    removed = {(one["domain"], one["path"]) for one in answer.cookies.values()}
    domains = ("", "www.shop.example.org", "shop.example.org", "example.org")
    folders = ("/shop", "/shop/", "/shop/mugs", "/shop/mugs/")
    assert removed == {*((one, "/") for one in domains), *(("", one) for one in folders)}


def test_a_visitor_s_own_words_make_no_header(shop):
    choose(shop, "refuse")
    shop.cookies["theme"] = "dark"
    answer = shop.get("/a;domain=b%0d%0aX-Evil:1/c d/")
    said = answer.cookies.output()
    assert "/a%3Bdomain=b%0D%0AX-Evil:1/c%20d" in said
    assert "X-Evil" not in answer.headers


def test_one_response_removes_no_more_than_a_proxy_takes(shop):
    choose(shop, "refuse")
    for number in range(50):
        shop.cookies[f"seen_{number}"] = "1"
    assert len(shop.get("/sets/").cookies) == removing.MOST


@pytest.mark.parametrize("word", ["accept", "refuse"])
def test_after_a_choice_the_question_is_gone(shop, word):
    assert "cookie-choice-title" in shop.get("/").content.decode()
    choose(shop, word)
    assert "cookie-choice-title" not in shop.get("/").content.decode()


def test_the_question_comes_back_only_when_the_declaration_changes(shop, post):
    choose(shop, "accept")
    post(OPTIONAL.replace("answer your requests for information", "answer your questions"))
    assert "cookie-choice-title" not in shop.get("/").content.decode()
    post(OPTIONAL.replace("the colours that you like", "everything that you like"))
    assert "cookie-choice-title" in shop.get("/").content.decode()
    sets_none(shop)


def test_a_page_with_the_question_is_cached_for_each_choice_apart(shop):
    assert "Cookie" in shop.get("/")["Vary"]


def test_where_nothing_is_optional_there_is_no_question_and_no_variation(shop, post):
    post(USIMPRINTS)
    response = shop.get("/")
    assert "cookie-choice-title" not in response.content.decode()
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Referer": "https://evil.example/testserver"},
        {},
    ],
)
def test_another_site_cannot_choose(shop, headers):
    response = shop.post("/privacy/cookies/", {"choice": "accept"}, headers=headers)
    assert response.status_code == 403
    assert not response.cookies


def test_the_way_back_leads_to_this_site_only(shop):
    data = {"choice": "refuse", "next": "https://evil.example/"}
    response = shop.post("/privacy/cookies/", data, headers=OURS)
    assert response["Location"] == "/privacy/cookies/?saved=1"


def test_looking_at_the_page_chooses_nothing(shop):
    assert not shop.get("/privacy/cookies/?choice=accept&cookie=theme").cookies


def test_optional_cookies_without_the_cookie_of_the_choice_are_a_check_error(post):
    from django.core import checks

    post(OPTIONAL.replace("[cookies.cookie-choice]", "[cookies.other]"))
    assert any(one.id == "kept.D001" for one in checks.run_checks(tags=["kept"]))


@given(st.text(max_size=60))
def test_whatever_stands_in_the_cookie_of_the_choice_is_a_choice_or_none(text):
    from kept import policy

    declared = policy.loads(OPTIONAL, "policy.toml").policy
    assert declared is not None
    read = choice.read(text, declared)
    assert read.accepted <= {"theme", "seen_*"}
    assert read.made or not read.accepted


@given(st.sets(st.sampled_from(["theme", "seen_*"])))
def test_what_is_written_is_read_again(accepted):
    from kept import policy

    declared = policy.loads(OPTIONAL, "policy.toml").policy
    assert declared is not None
    assert choice.read(choice.write(accepted, declared), declared).accepted == accepted


def test_the_answer_to_gpc_is_told_to_machines(usimprints, client, post):
    assert client.get("/.well-known/gpc.json").json()["gpc"] is True
    ignored = USIMPRINTS.replace(
        'global-privacy-control = "honoured"', 'global-privacy-control = "ignored"'
    )
    assert ignored != USIMPRINTS
    post(ignored)
    assert client.get("/.well-known/gpc.json").json()["gpc"] is False

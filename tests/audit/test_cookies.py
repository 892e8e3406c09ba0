"""Cookies: undeclared, too long, unasked, left behind."""

import pytest

from kept.audit import Limits
from tests.audit.conftest import NOTHING_WAITS
from tests.audit.site import Answer, Site

HTTP_ONLY = "visitor=abc123def456; Path=/; HttpOnly"


def test_a_clean_site_has_no_finding_and_every_state_is_reached(audited):
    site = Site()
    done = audited(site)
    assert done.findings == ()
    assert done.verdict == "nothing found"
    assert {one.clause: one.outcome for one in done.promises} == dict.fromkeys(
        (
            "collect.inquiry",
            "visits",
            "cookies",
            "cookies.choice",
            "cookies.stats",
            "recipients",
            "policy.agreement",
        ),
        "agrees",
    )
    states = done.evidence.states
    assert {one.reached for one in states.values()} == {"yes"}
    assert "stats" in {one.name for one in states["accepted"].jar}
    assert "stats" not in {one.name for one in states["withdrawn"].jar}
    assert {page.url for page in states["refused"].pages} == {
        site.url,
        f"{site.url}contact",
        f"{site.url}privacy",
    }
    assert "/send" not in site.posted


def test_an_undeclared_cookie_is_found_though_scripts_cannot_see_it(audited):
    done = audited(Site(always=[HTTP_ONLY]))
    (one,) = done.findings
    assert (one.kind, one.subject, one.clause) == ("cookie-undeclared", "visitor", "cookies")
    assert "before choice" in one.states
    assert any("HttpOnly" in line for line in one.evidence)


def test_a_cookie_that_a_script_sets_is_found_with_its_lifetime(audited):
    head = "<script>document.cookie = 'seen=1; max-age=7776001'</script>"
    done = audited(
        Site(head=head), '[cookies.seen]\nsays = "x"\nlifetime = "90 days"\nnecessary = true'
    )
    (one,) = done.findings
    assert (one.kind, one.clause) == ("cookie-too-long", "cookies.seen")
    assert "7,776,001 s" in one.says


def test_a_remembered_login_of_14_and_a_half_days_is_longer_than_two_weeks(audited):
    more = """[cookies.login]
says = "keeps you logged in"
lifetime = "2 days"
necessary = true
[cookies.login.lifetimes]
remembered = "2 weeks"
"""
    done = audited(Site(always=["login=x; Path=/; Max-Age=1252800"]), more)
    (one,) = done.findings
    assert (one.kind, one.clause) == ("cookie-too-long", "cookies.login")
    assert "14.5 days (1,252,800 s)" in one.says
    assert "2 weeks" in one.says or "14 days" in one.says


def test_one_second_more_than_declared_is_too_long_and_the_second_itself_is_not(found):
    more = (
        '[cookies.a]\nsays = "x"\nlifetime = "1 day"\nnecessary = true\n'
        '[cookies.b]\nsays = "x"\nlifetime = "1 day"\nnecessary = true\n'
        '[cookies.c]\nsays = "x"\nlifetime = "session"\nnecessary = true'
    )
    cookies = ["a=1; Max-Age=86401; Path=/", "b=1; Max-Age=86400; Path=/", "c=1; Max-Age=1; Path=/"]
    assert found(Site(always=cookies), more) == {("cookie-too-long", "a"), ("cookie-too-long", "c")}


def test_a_refusal_that_is_forgotten_after_ten_days_is_found(audited):
    more = (
        '[cookies.opt-out]\nsays = "remembers that you opted out"\n'
        'lifetime = "5 years"\nnecessary = true'
    )
    done = audited(Site(refused=["opt-out=1; Max-Age=864000; Path=/"]), more)
    (one,) = done.findings
    assert (one.kind, one.clause) == ("refusal-forgotten", "cookies.opt-out")
    assert one.states == ("refused",)
    assert "10 days" in one.says


def test_twelve_of_fifty_cookies_that_stay_after_withdrawal_are_twelve_findings(audited):
    names = [f"ad-{n:02}" for n in range(50)]
    more = '[cookies."ad-*"]\nsays = "shows you advertisements"\nlifetime = "30 days"'
    site = Site(
        accepted=[f"{name}=1; Max-Age=2592000; Path=/" for name in names], keeps=tuple(names[:12])
    )
    done = audited(site, more, limits=Limits(pages=1, quiet=0.15, patience=4))
    assert {one.subject for one in done.findings} == set(names[:12])
    assert {(one.kind, one.states) for one in done.findings} == {
        ("cookie-without-choice", ("withdrawn",))
    }
    assert len(done.evidence.states["accepted"].jar) == 51


@pytest.mark.parametrize(
    "links",
    [
        '<a href="/cookies">Cookies</a>',
        '<a href="/contact">cookies.choice</a> <a href="/cookies">Cookies</a>',
    ],
    ids=["called after them", "behind one that leads nowhere"],
)
def test_a_choice_is_taken_back_on_a_page_that_a_footer_links_to(audited, links):
    choose = """<h1>Cookies</h1><form method="post" action="/choose">
<label><input type="checkbox" name="cookie" value="stats"> count visits</label>
<button name="choice" value="yes">Accept all</button>
<button name="choice" value="no">Refuse all</button></form>"""
    site = Site(change=links, views={"/cookies": lambda _asked: Answer(choose)})
    done = audited(site)
    assert done.evidence.states["withdrawn"].reached == "yes"
    assert "clicked “Cookies”, then “Refuse all”" in done.evidence.states["withdrawn"].why
    assert {(one.subject, one.states) for one in done.findings} == {("stats", ("withdrawn",))}


def test_an_optional_cookie_before_any_choice_is_found_once(audited):
    done = audited(Site(always=["stats=1; Path=/"]))
    (one,) = done.findings
    assert (one.kind, one.clause) == ("cookie-without-choice", "cookies.stats")
    assert {"before choice", "refused", "withdrawn"} <= set(one.states)
    assert "accepted" not in one.states


def test_a_site_that_offers_no_choice_is_not_passed_where_something_waits_for_one(audited):
    done = audited(Site(banner=""))
    assert done.findings == ()
    assert (done.verdict, done.exit_code) == ("not checked", 2)
    assert {one.state for one in done.unreached} == {"accepted", "refused", "withdrawn"}
    outcomes = {one.clause: one.outcome for one in done.promises}
    assert (outcomes["cookies"], outcomes["cookies.stats"]) == ("not seen", "not seen")


def test_a_site_that_offers_no_choice_needs_none_where_nothing_waits(audited):
    done = audited(Site(banner=""), policy=NOTHING_WAITS)
    assert (done.verdict, done.exit_code) == ("nothing found", 0)
    assert done.evidence.states["refused"].reached == "not needed"


def test_a_refusal_behind_settings_is_found(audited):
    settings = """<section aria-label="cookie consent"><p>Cookies?</p>
<button onclick="document.cookie='choice=yes;max-age=15552000';document.cookie='stats=1';
this.parentNode.remove()">Accept</button>
<button onclick="more.hidden=false">Manage preferences</button>
<div id=more hidden><label><input type=checkbox id=s checked> Statistics</label>
<button onclick="document.cookie='choice=x;max-age=15552000';
if (s.checked) document.cookie='stats=1';this.closest('section').remove()">Save</button></div>
</section>"""
    done = audited(Site(banner=settings))
    refused = done.evidence.states["refused"]
    assert refused.reached == "yes"
    assert refused.why == "clicked “Manage preferences”, then “Save”"
    assert {one.name for one in refused.jar} == {"choice"}


def test_without_time_nothing_is_passed(audited):
    done = audited(Site(), limits=Limits(pages=4, seconds=0.001, quiet=0.1))
    assert done.exit_code == 2
    assert done.evidence.states["accepted"].reached == "cut short"


def test_a_page_that_says_it_acts_is_not_opened(audited):
    opened = []

    def note(asked):
        opened.append(asked.path)
        return Answer("<h1>Gone</h1>")

    site = Site(
        home='<a href="/account/delete">Remove it</a> <a href="/out">Log out</a>',
        views={"/account/delete": note, "/out": note},
    )
    assert audited(site).findings == ()
    assert opened == []

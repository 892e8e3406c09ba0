"""The reference policy `usimprints` is well-formed and has the names that the site relies on."""

from pathlib import Path

from kept.policy import load, prose

POLICY = Path(__file__).parents[2] / "policies" / "usimprints.toml"


def test_the_policy_checks_clean():
    assert load(POLICY).problems == ()


def test_it_has_the_points_that_the_site_uses():
    points = load(POLICY).policy.collect
    assert {"inquiry", "testimonial", "account", "request"} <= set(points)
    assert points["inquiry"].keep.key_class == "p2y"
    assert points["inquiry"].required["message"] == "communication.message"
    assert points["inquiry"].added == {"reply": "communication.message"}
    assert points["testimonial"].public


def test_a_notice_says_what_why_and_for_how_long():
    notice = prose.notice(load(POLICY).policy, "inquiry")
    assert [one.field for one in notice.what] == ["name", "email", "message", "phone", "company"]
    assert "Email address" in notice.text
    assert "answer your requests" in notice.text
    assert "2 years" in notice.text

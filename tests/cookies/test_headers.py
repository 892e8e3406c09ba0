"""What the policy does not name, the browser cannot contact; what it names, it can."""

import pytest

from kept import policy
from kept.keepers.cookies import headers
from tests.posting import USIMPRINTS

METER = """
[recipients.meter]
kind = "vendor"
says = "our meter"
place = "US"
for = ["understand-visits"]
receives = ["device.ip", "web.page"]
hosts = ["meter.example.org", "*.meter.example.net"]
"""
CLIPS = """
[embeds.clips]
says = "clips"
provider = "Clips"
hosts = ["clips.example.org"]
loads = "at once"
"""


def declared(more: str = "") -> policy.Policy:
    found = policy.loads(USIMPRINTS + more, "policy.toml").policy
    assert found is not None
    return found


def directives(text: str) -> dict[str, list[str]]:
    return {one.split()[0]: one.split()[1:] for one in text.split("; ")}


def csp(more: str = "") -> dict[str, list[str]]:
    return directives(headers.content_policy(headers.sources(declared(more))))


def test_a_policy_that_names_no_host_lets_the_browser_contact_this_site_only():
    said = csp()
    assert {word for words in said.values() for word in words} == {"'none'", "'self'", "data:"}
    assert "frame-src" not in said


def test_a_named_recipient_that_may_get_addresses_is_asked_for_data_and_images_never_for_scripts():
    said = csp(METER)
    hosts = ["https://meter.example.org", "https://*.meter.example.net"]
    assert said["connect-src"] == ["'self'", *hosts]
    assert said["img-src"] == ["'self'", "data:", *hosts]
    assert said["script-src"] == ["'self'"]
    assert said["form-action"] == ["'self'"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"device.ip", "web.page"', '"web.page"'),
        ('place = "US"', 'place = "US"\ncondition = "you ask for it"'),
        ('place = "US"', 'place = "US"\nregion = "same as yours"'),
    ],
    ids=["gets no addresses", "on a condition", "in a region only"],
)
def test_a_recipient_that_a_bare_request_would_tell_too_much_is_not_contacted(old, new):
    assert old in METER
    assert "meter" not in str(csp(METER.replace(old, new)))


def test_an_embed_that_loads_at_once_can_be_framed_and_one_on_choice_cannot():
    said = csp(CLIPS)
    assert said["frame-src"] == said["media-src"] == ["https://clips.example.org"]
    assert "https://clips.example.org" in said["img-src"]
    assert "https://clips.example.org" not in said["connect-src"]
    assert "clips" not in str(csp(CLIPS.replace('"at once"', '"on choice"')))


def test_a_view_s_own_policy_is_kept_and_bounded_by_the_hosts_of_the_policy():
    own = "default-src *; script-src 'nonce-abc' https://evil.example; report-uri https://evil.example/r"
    put = {headers.CSP: own}
    headers.put(put, declared(METER))
    theirs, ours = put[headers.CSP].split(", ")
    assert theirs == "default-src *; script-src 'nonce-abc' https://evil.example"
    assert "evil.example" not in ours
    assert directives(ours)["script-src"] == ["'self'", "blob:", "'unsafe-inline'", "'unsafe-eval'"]
    assert "https://meter.example.org" in directives(ours)["default-src"]
    assert "*" not in directives(ours)["default-src"]


@pytest.mark.parametrize("name", headers.REPORTING)
def test_headers_that_have_browsers_report_to_others_are_taken_out_and_told(name):
    put = {name: '{"endpoints":[{"url":"https://evil.example"}]}'}
    assert headers.put(put, declared()) == (name,)
    assert name not in put


@pytest.mark.parametrize("loose", ["unsafe-url", "origin", "no-referrer-when-downgrade"])
def test_a_view_may_tell_others_less_about_the_page_and_never_more(loose):
    put = {"Referrer-Policy": loose}
    headers.put(put, declared())
    assert put["Referrer-Policy"] == "same-origin"
    put = {"Referrer-Policy": "no-referrer"}
    headers.put(put, declared())
    assert put["Referrer-Policy"] == "no-referrer"


def test_the_reference_policies_let_no_browser_contact_anybody():
    """One names a spam check that gets addresses, from comments only: the server asks it."""
    from pathlib import Path

    for file in Path("policies").glob("*.toml"):
        found = policy.load(file).policy
        assert found is not None
        assert headers.sources(found) == headers.Sources(), file

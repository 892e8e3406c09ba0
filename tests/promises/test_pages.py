"""Anyone can read the policy in force, every earlier one, and the file itself."""

import pytest

from tests.posting import USIMPRINTS, changed

OTHER = changed(
    ("answer your requests for information", "answer your questions"),
    ('version = "2016-03-16"', 'version = "2016-04-01"'),
)


def test_the_page_says_every_sentence_of_the_policy_with_its_promise(usimprints, client):
    from kept import policy

    page = client.get("/privacy/").content.decode()
    document = policy.prose.document(usimprints.posted.policy)
    assert len(document.sentences) > 20
    for sentence in document.sentences:
        assert f'id="{sentence.id}"' in page


def test_an_earlier_version_stays_readable_as_it_was(usimprints, post, client):
    post(OTHER)
    assert "answer your questions" in client.get("/privacy/").content.decode()
    earlier = client.get("/privacy/history/0/").content.decode()
    assert "answer your requests for information" in earlier
    assert "answer your questions" not in earlier


def test_the_history_lists_every_version(usimprints, post, client):
    post(OTHER)
    page = client.get("/privacy/history/").content.decode()
    assert 'href="/privacy/history/0/"' in page
    assert "2016-03-16" in page
    assert "2016-04-01" in page


def test_the_file_is_served_as_it_was_posted(usimprints, client):
    response = client.get("/privacy/history/0/policy.toml")
    assert response.content.decode() == USIMPRINTS
    assert response["Content-Type"].startswith("application/toml")


@pytest.mark.parametrize("path", ["history/7/", "history/7/policy.toml"])
def test_a_version_that_never_was_is_a_404(usimprints, client, path):
    assert client.get(f"/privacy/{path}").status_code == 404


def test_reading_the_policy_sets_no_cookie_and_is_answered_from_a_cache(usimprints, client):
    first = client.get("/privacy/")
    again = client.get("/privacy/", headers={"If-None-Match": first["ETag"]})
    assert not first.cookies
    assert again.status_code == 304


def test_a_new_posting_is_seen_by_who_had_the_old_page(usimprints, post, client):
    first = client.get("/privacy/")
    post(OTHER)
    again = client.get("/privacy/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200


def test_a_sentence_that_nobody_keeps_is_said_to_be_so(usimprints, client):
    from kept.promises import keeping

    unkept = keeping.unkept(usimprints.posted.policy)
    page = client.get("/privacy/").content.decode()
    assert "collect.mail" in unkept
    assert "purposes.answer-inquiry" not in unkept
    assert page.count("not kept yet") == len(unkept) + 1


def test_deploying_a_site_that_promises_more_than_it_keeps_is_an_error(usimprints):
    from django.core import checks

    found = checks.run_checks(tags=["kept"], include_deployment_checks=True)
    errors = [one for one in found if one.id == "kept.P004"]
    assert any("`collect.mail`" in one.msg for one in errors)
    assert not [one for one in checks.run_checks(tags=["kept"]) if one.id == "kept.P004"]


def test_what_is_not_sealed_yet_is_said(usimprints, post, client):
    page = client.get("/privacy/").content.decode()
    assert "What is not sealed yet" in page
    assert "Authors (email, name)" in page
    assert "in clear text, uses are checked" in page  # the guests, which are observed
    post(OTHER)
    assert "What is not sealed yet" not in client.get("/privacy/history/0/").content.decode()

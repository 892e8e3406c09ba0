"""The site says its own name, which is the policy's, on every page; no other name is left."""

from pathlib import Path

import pytest
from django.template.loader import get_template
from django.test import Client
from django.urls import get_resolver

from kept.site.templatetags.kept_site import UNKNOWN
from tests.site.test_observatory import addresses

OTHER = Path("policies/us-service-center.toml").read_text("utf-8")


@pytest.fixture
def service_center(post):
    return post(OTHER)


def test_a_site_under_another_policy_says_its_own_name_everywhere(service_center):
    browser = Client(raise_request_exception=False)
    pages = {path: browser.get(path) for path in [*addresses(get_resolver()), "/nothing/"]}
    read = {
        path: page.content.decode()
        for path, page in pages.items()
        if page.get("Content-Type", "").startswith("text/html") and page.content
    }
    assert len(read) > 15
    assert [path for path, text in read.items() if "imprints" in text.lower()] == []
    assert [path for path, text in read.items() if "US Service Center" not in text] == []


def test_no_template_holds_a_site_s_name():
    found = [
        str(path)
        for path in Path("src/kept").rglob("templates/**/*")
        if path.is_file() and "imprints" in path.read_text("utf-8").lower()
    ]
    assert found == []


def test_the_contact_page_says_the_policy_s_post_and_phone(service_center, client):
    contacts = service_center.posted.policy.contacts.values()
    page = client.get("/contact/").content.decode()
    assert [one.post for one in contacts if one.post and one.post not in page] == []
    assert "Letterpress Lane" not in page


def test_an_error_page_is_made_where_there_is_no_policy_and_no_database():
    page = get_template("500.html").render()
    assert UNKNOWN in page
    assert "Error 500" in page

"""Operators run the site, privacy officers do what concerns people's rights, auditors look."""

import pytest
from django.test import Client

from kept.keepers.accounts.models import Role, User
from tests.enrol import enrol

LOOKED_AT = ["/console/", "/console/promises/", "/console/data/", "/console/visits/"]
LOOKED_AT += ["/console/schedule/", "/console/stopped/"]
OFFICERS = ["/console/requests/", "/console/disclosures/", "/console/mail/"]
OPERATORS = ["/console/inbox/", "/console/quotes/", "/console/moderation/testimonials/"]


@pytest.fixture
def as_role(usimprints):
    """The browser of a member of staff of that role."""

    def signed_in(role):
        user = User.objects.create_user(role, "kayak lantern moss orchid", is_staff=True, role=role)
        enrol(user)
        client = Client()
        client.force_login(user)
        return client

    return signed_in


@pytest.mark.parametrize("path", LOOKED_AT + OFFICERS + OPERATORS)
def test_each_role_sees_the_places_of_its_duty_and_no_other(as_role, path):
    seen = {role: as_role(role).get(path).status_code for role in Role.values}
    assert seen == {
        "operator": 200,
        "officer": 403 if path in OPERATORS else 200,
        "auditor": 200 if path in LOOKED_AT else 403,
    }


def test_an_auditor_changes_nothing(as_role):
    assert as_role("auditor").post("/console/promises/").status_code == 403
    assert as_role("officer").post("/console/promises/").status_code == 302


@pytest.mark.parametrize("role", Role.values)
def test_the_sidebar_lists_exactly_what_opens(as_role, role):
    desk = as_role(role)
    page = desk.get("/console/")
    for entry in page.context["navigation"]:
        assert desk.get(entry.url).status_code == 200, entry.url
    listed = {entry.url for entry in page.context["navigation"]}
    assert ("/console/inbox/" in listed) == (role == "operator")


def test_a_page_that_is_not_ones_duty_says_so(as_role):
    text = as_role("auditor").get("/console/inbox/").content.decode()
    assert "<h1" in text
    assert "/console/" in text or "sign" in text.lower()

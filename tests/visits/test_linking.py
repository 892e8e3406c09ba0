"""Views are linked with who looked by a clause of the policy alone, and never without one."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from kept import gate, vault
from kept.keepers.visits.models import LinkedView
from kept.ledger.models import Outbox
from tests.posting import USIMPRINTS, changed
from tests.visits.test_site import BROWSER

WITHOUT_BAN = changed(
    ('[never.ip-link]                             # UI-05\njoin = "device.ip"\nwith = "*"\n', "")
)
COMBINE = '\n[combine.use]\njoin = "web"\nwith = "*"\nfor = ["understand-visits"]\n'
ADDRESSES = '\n[combine.device]\njoin = "device"\nwith = "*"\nfor = ["understand-visits"]\n'


@pytest.fixture
def under(transactional_db, post, settings, tmp_path):
    """Zoe's browser, signed in, under a policy that is the site's first."""

    def first(text):
        (tmp_path / "data").mkdir()
        settings.KEPT = {**settings.KEPT, "DATA": tmp_path / "data"}
        post(text)
        return signed_in()

    return first


def signed_in():
    subject = vault.find_or_make("email", "zoe@example.org")
    user = get_user_model().objects.create_user("zoe-1", "kayak lantern moss", subject=subject)
    browser = Client()
    browser.force_login(user)
    browser.subject = subject
    return browser


def look(browser, **headers):
    address = {"REMOTE_ADDR": "203.0.113.9"}
    assert browser.get("/products/", headers={**BROWSER, **headers}, **address).status_code == 200


def opened(row):
    with gate.purpose("understand-visits", actor=gate.SYSTEM):
        return dict(LinkedView.objects.get(pk=row.pk).values)


def test_without_a_clause_nothing_is_linked(under):
    zoe = under(USIMPRINTS)
    look(zoe)
    assert LinkedView.objects.count() == 0


def test_a_clause_links_exactly_what_it_names(under):
    zoe = under(WITHOUT_BAN + COMBINE)
    look(zoe)
    row = LinkedView.objects.get()
    assert row.subject_id == zoe.subject.pk
    assert opened(row) == {"page": "/products/"}


def test_addresses_are_linked_only_where_the_clause_says_so(under):
    zoe = under(WITHOUT_BAN + COMBINE + ADDRESSES)
    look(zoe)
    assert opened(LinkedView.objects.get()) == {"page": "/products/", "address": "203.0.113.9"}


def test_a_ban_beats_the_clause(under):
    zoe = under(USIMPRINTS + COMBINE + ADDRESSES)
    look(zoe)
    assert [opened(row) for row in LinkedView.objects.all()] == [{"page": "/products/"}]


def test_strangers_are_not_linked_with_anything(under):
    under(WITHOUT_BAN + COMBINE)
    look(Client())
    assert LinkedView.objects.count() == 0


def test_a_signal_that_is_honoured_stops_it(under):
    zoe = under(WITHOUT_BAN + COMBINE)
    look(zoe, **{"Sec-GPC": "1"})
    assert LinkedView.objects.count() == 0


def test_an_objection_stops_it(under):
    zoe = under(WITHOUT_BAN + COMBINE)
    vault.set_choices(zoe.subject.pk, object_to=["understand-visits"])
    look(zoe)
    assert LinkedView.objects.count() == 0


def test_what_is_linked_is_sealed_recorded_and_found(under):
    zoe = under(WITHOUT_BAN + COMBINE)
    before = Outbox.objects.count()
    look(zoe)
    assert Outbox.objects.count() == before + 1
    found = [one.rows for one in vault.everything(zoe.subject.pk) if one.expected]
    assert any(rows.model is LinkedView for rows in found)


def test_a_clause_that_came_later_links_nobody_whose_data_came_before(under, post):
    zoe = under(WITHOUT_BAN)
    post(WITHOUT_BAN + COMBINE)
    look(zoe)
    assert LinkedView.objects.count() == 0

"""The operator gives data, decides, hands over and tells; the pages open nothing by themselves."""

import json
import re

import pytest
from django.test import Client

from kept import vault
from kept.keepers.accounts.models import User
from kept.keepers.forms.models import Submission
from kept.keepers.sharing import flows, giving, telling
from kept.keepers.sharing.models import Disclosure, Telling
from tests.console.conftest import nobody
from tests.enrol import enrol
from tests.posting import with_address
from tests.sharing.giving_world import RECIPIENTS, ZOE, receiver, world

__all__ = ["receiver", "world"]
pytestmark = pytest.mark.django_db
PURPOSE = "answer-inquiry"


@pytest.fixture
def second(db):
    """Another operator's browser."""
    user = User.objects.create_user("second", "walnut harbour quilt ember", is_staff=True)
    enrol(user)
    client = Client()
    client.force_login(user)
    return client


def test_where_the_policy_names_nobody_the_page_says_so_and_has_no_form(desk, usimprints):
    page = desk.get("/console/disclosures/new/").content.decode()
    assert "names no recipient but the public" in page
    assert 'name="person"' not in page


def asking(desk, **changed):
    """The form of a new disclosure as it stands on the page, filled in."""
    text = desk.get("/console/disclosures/new/").content.decode()
    once = re.search(r'name="once" value="([^"]+)"', text)[1]
    given = {"to": "sister", "person": ZOE["email"], "purpose": PURPOSE, "occasion": "ordinary"}
    return {**given, "once": once, **changed}


def test_the_decision_is_shown_before_anything_is_given(desk, world):
    page = desk.post("/console/disclosures/new/", {**asking(desk), "verb": "check"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "given" in text
    assert ZOE["phone"] not in text
    assert not Disclosure.objects.exists()


def test_what_is_given_goes_on_its_way_once(desk, world):
    form = {**asking(desk), "verb": "give"}
    for word in ("giving", "before"):
        assert desk.post("/console/disclosures/new/", form)["Location"].endswith(f"done={word}")
    row = Disclosure.objects.get()
    giving.deliver(row.pk)
    text = desk.get("/console/disclosures/?state=sent").content.decode()
    assert "our sister company" in text
    assert ZOE["name"] not in text
    assert len(world.receiver.got) == 1


def test_a_vendor_waits_for_the_person(desk, world):
    form = {**asking(desk, to="carrier"), "verb": "give"}
    assert desk.post("/console/disclosures/new/", form)["Location"].endswith("done=asked")


def test_where_no_mail_can_carry_the_question_the_operator_is_told(desk, world, post):
    hint = "in their account only"
    form = asking(desk, to="carrier")
    check, give = {**form, "verb": "check"}, {**form, "verb": "give"}
    assert hint in desk.post("/console/disclosures/new/", check).content.decode()
    desk.post("/console/disclosures/new/", give)
    assert hint in desk.get("/console/disclosures/?state=all").content.decode()
    post(with_address() + RECIPIENTS)
    page = desk.get("/console/disclosures/?state=all").content.decode()
    assert "the person is asked" in page
    assert hint not in page


def test_nobody_known_gets_a_word_beside_the_field(desk, world):
    form = {**asking(desk, person="else@example.org"), "verb": "give"}
    page = desk.post("/console/disclosures/new/", form)
    assert page.status_code == 422
    assert "Nobody is known" in page.content.decode()


def test_a_denial_shows_rule_and_clause(desk, world):
    form = {**asking(desk, purpose="news"), "verb": "give"}
    page = desk.post("/console/disclosures/new/", form)
    assert page.status_code == 409
    assert not Disclosure.objects.exists()


def test_an_occasion_takes_two_operators_and_a_button(desk, second, world):
    form = {**asking(desk, to="court", occasion="legal process"), "verb": "give"}
    assert desk.post("/console/disclosures/new/", form)["Location"].endswith("done=to-approve")
    row = Disclosure.objects.get()
    act = {"disclosure": str(row.pk), "verb": "approve"}
    assert desk.post("/console/disclosures/", act).status_code == 409
    assert second.post("/console/disclosures/", act)["Location"].endswith("done=approved")
    giving.deliver(row.pk)
    take = {"disclosure": str(row.pk), "verb": "hand-over"}
    assert desk.get("/console/disclosures/", take).status_code == 200
    row.refresh_from_db()
    assert row.state == "ready"
    file = desk.post("/console/disclosures/", take)
    assert file["Content-Disposition"].startswith("attachment")
    assert json.loads(file.content)["data"]["occasion"] == "legal process"
    row.refresh_from_db()
    assert row.state == "sent"


def test_a_file_whose_data_is_gone_or_denied_is_told_as_that(desk, world, settings):
    settings.KEPT = {**settings.KEPT, "RECIPIENTS": {}}
    row = flows.disclose(world.zoe, "sister", PURPOSE)
    giving.deliver(row.disclosure)
    take = {"disclosure": str(row.disclosure), "verb": "hand-over"}
    assert desk.post("/console/disclosures/", take).status_code == 200
    vault.set_choices(world.zoe, withdraw=[PURPOSE])
    denied = desk.post("/console/disclosures/", take)
    assert (denied.status_code, b"purposes.answer-inquiry" in denied.content) == (409, True)
    Submission.objects.all().delete()
    gone = desk.post("/console/disclosures/", take)
    assert (gone.status_code, b"is held any more" in gone.content) == (409, True)


def test_dead_letters_are_shown_and_tried_again(desk, world):
    world.receiver.answers += [(410, {})]
    row = flows.disclose(world.zoe, "sister", PURPOSE)
    giving.deliver(row.disclosure)
    assert "HTTP 410" in desk.get("/console/disclosures/").content.decode()
    act = {"disclosure": str(row.disclosure), "verb": "again"}
    assert desk.post("/console/disclosures/", act)["Location"].endswith("done=again")
    giving.deliver(row.disclosure)
    assert Disclosure.objects.get().state == "sent"


def test_who_is_to_be_told_by_hand_is_listed_with_the_reference_only(desk, world, settings):
    row = flows.disclose(world.zoe, "sister", PURPOSE)
    giving.deliver(row.disclosure)
    settings.KEPT = {**settings.KEPT, "RECIPIENTS": {}}
    flows.propagate(world.zoe, "erase")
    told = Telling.objects.get()
    assert told.reference in desk.get("/console/disclosures/").content.decode()
    act = {"disclosure": str(told.pk), "verb": "told"}
    assert desk.post("/console/disclosures/", act)["Location"].endswith("done=told")
    assert not telling.told_by_hand(told.pk)


@pytest.mark.parametrize("verb", ["again", "given-up", "told", "approve"])
def test_what_is_not_there_is_no_error(desk, world, verb):
    act = {"disclosure": nobody(), "verb": verb}
    assert desk.post("/console/disclosures/", act)["Location"].endswith("done=before")
    assert desk.post("/console/disclosures/", {"disclosure": "x", "verb": verb}).status_code == 404


def test_only_staff_see_any_of_it(world):
    for path in ("/console/disclosures/", "/console/disclosures/new/"):
        assert Client().get(path).status_code == 302

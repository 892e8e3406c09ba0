"""People say yes or no without a login, or in their account; nothing else answers for them."""

import re

import pytest
from django.test import Client

from kept.keepers.sharing import delivering, flows, giving, outcomes
from kept.keepers.sharing.flows import permissions
from kept.keepers.sharing.models import Disclosure, Mail, Permission
from tests.posting import with_address
from tests.sharing.giving_world import RECIPIENTS, ZOE, post, receiver, usimprints, world

__all__ = ["post", "receiver", "usimprints", "world"]
pytestmark = pytest.mark.django_db
PURPOSE = "answer-inquiry"


@pytest.fixture
def asked(world):
    """The vendor is to get Zoë's data, and she is asked."""
    flows.disclose(world.zoe, "carrier", PURPOSE)
    return Permission.objects.get()


def link(row):
    return f"/sharing/{permissions.token_of(row)}/"


def marks(client, path):
    text = client.get(path).content.decode()
    return re.search(r'name="seen" value="([^"]+)"', text)[1]


def test_the_page_shows_the_question_and_looking_answers_nothing(asked):
    client = Client()
    page = client.get(link(asked))
    assert "our parcel carrier" in page.content.decode()
    assert "answer your requests" in page.content.decode()
    asked.refresh_from_db()
    assert asked.state == "asked"
    assert "no-store" in page["Cache-Control"]


@pytest.mark.parametrize(("word", "state", "sent"), [("yes", "given", 1), ("no", "refused", 0)])
def test_a_button_answers(asked, world, word, state, sent):
    client = Client()
    given = {"answer": word, "seen": marks(client, link(asked))}
    assert client.post(link(asked), given).status_code == 302
    asked.refresh_from_db()
    assert asked.state == state
    giving.deliver(Disclosure.objects.get().pk)
    assert len(world.receiver.got) == sent


def test_a_question_that_changed_is_asked_again(asked):
    answer = Client().post(link(asked), {"answer": "yes", "seen": "f" * 64})
    assert answer.status_code == 409
    asked.refresh_from_db()
    assert asked.state == "asked"


def test_a_forged_link_tells_nothing(asked):
    assert Client().get("/sharing/forged/").status_code == 404
    assert Client().post("/sharing/forged/", {"answer": "yes"}).status_code == 404


def test_a_mail_asks_where_the_address_of_the_site_is_known(world, post, server):
    post(with_address() + RECIPIENTS)
    flows.disclose(world.zoe, "carrier", PURPOSE)
    assert delivering.deliver(Mail.objects.get().pk) == outcomes.Sent()
    (envelope,) = server.taken
    assert envelope.rcpt_tos == [ZOE["email"]]
    assert "https://us.example.org/sharing/" in envelope.content.decode()


def test_in_the_account_it_is_answered_and_listed(world, asked):
    from kept.keepers.accounts.models import User

    user = User.objects.create_user("zoe", "kayak lantern moss orchid", subject_id=world.zoe)
    client = Client()
    client.force_login(user)
    path = "/account/sharing/"
    given = {"answer": "yes", "question": str(asked.pk), "seen": marks(client, path)}
    assert client.post(path, given).status_code == 302
    giving.deliver(Disclosure.objects.get().pk)
    assert "our parcel carrier" in client.get(path).content.decode()
    assert "You said yes" in client.get(path).content.decode()
    other = User.objects.create_user("max", "kayak lantern moss orchid")
    client.force_login(other)
    assert client.post(path, given).status_code == 403


def test_in_the_account_it_is_said_where_it_is_not_known_whether_it_arrived(world):
    from kept.keepers.accounts.models import User

    world.receiver.answers += [(500, {})]
    row = flows.disclose(world.zoe, "sister", PURPOSE).disclosure
    giving.deliver(row)
    Disclosure.objects.update(state="failed")
    assert flows.disclosing.give_up(row)
    client = Client()
    client.force_login(User.objects.create_user("zoe", "kayak lantern", subject_id=world.zoe))
    page = client.get("/account/sharing/").content.decode()
    assert "It is not known whether it arrived" in page

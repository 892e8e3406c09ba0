"""`kept disclose`: the decision first, then the giving; nothing personal is printed."""

import json

import pytest
from click.testing import CliRunner

from kept._kit.errors import KeptError
from kept.cli import main
from kept.keepers.accounts.models import User
from kept.keepers.sharing import giving, ways
from kept.keepers.sharing.flows import disclosing
from kept.keepers.sharing.models import Disclosure
from tests.posting import with_address
from tests.sharing.giving_world import RECIPIENTS, ZOE, post, receiver, usimprints, world

__all__ = ["post", "receiver", "usimprints", "world"]
pytestmark = pytest.mark.django_db
TO = ["--to", "sister", "--for", "answer-inquiry"]


@pytest.fixture(autouse=True)
def _inside(monkeypatch):
    """As in a project's folder; Django runs already."""
    monkeypatch.setattr("kept.cli._project.setup", lambda: None)


def run(*words):
    return CliRunner().invoke(main, ["disclose", *words])


@pytest.mark.parametrize("by", ["address", "id"])
def test_trying_shows_the_decision_and_gives_nothing(world, by):
    person = ZOE["email"] if by == "address" else str(world.zoe)
    done = run("try", person, *TO, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert {line["category"] for line in told["lines"] if line["given"]} == {
        "identity.name",
        "contact.phone",
    }
    assert ZOE["phone"] not in done.output
    assert not Disclosure.objects.exists()


def test_trying_says_where_the_person_can_be_asked_in_their_account_only(world, post):
    words = ["try", ZOE["email"], "--to", "carrier", "--for", "answer-inquiry"]
    assert "in their account only" in run(*words).stdout
    assert json.loads(run(*words, "--json").stdout)["asks_by_mail"] is False
    post(with_address() + RECIPIENTS)
    told = run(*words).stdout
    assert "asked first" in told
    assert "in their account only" not in told


def test_giving_twice_with_one_key_gives_once(world):
    first = json.loads(run("give", ZOE["email"], *TO, "--once", "7", "--json").stdout)
    second = json.loads(run("give", ZOE["email"], *TO, "--once", "7", "--json").stdout)
    assert (first["outcome"], second["outcome"]) == ("accepted", "twice")
    assert first["disclosure"] == second["disclosure"]


def test_a_denial_says_what_is_missing(world):
    done = run("give", ZOE["email"], "--to", "sister", "--for", "news", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["disclosure"] is None


def test_what_failed_is_listed_and_tried_again(world):
    world.receiver.answers += [(410, {})]
    id = json.loads(run("give", ZOE["email"], *TO, "--json").stdout)["disclosure"]
    giving.deliver(Disclosure.objects.get().pk)
    (listed,) = json.loads(run("list", "--json").stdout)["disclosures"]
    assert (listed["id"], listed["state"], listed["failure"]) == (id, "failed", "HTTP 410")
    assert run("again", id).exit_code == 0
    assert run("again", id).exit_code == 1
    assert not disclosing.problems().exists()


@pytest.fixture
def staff(world):
    """Two operators, by user name."""
    return {name: str(User.objects.create_user(name, is_staff=True).pk) for name in ("ann", "bea")}


def asked_by(name):
    words = ["--to", "court", "--for", "answer-inquiry", "--occasion", "legal process"]
    return run("give", ZOE["email"], *words, "--by", name, "--json")


def test_a_second_operator_approves(world, staff):
    id = json.loads(asked_by("ann").stdout)["disclosure"]
    assert "S017" in run("approve", id, "--by", "ann").output
    assert run("approve", id, "--by", "bea").exit_code == 0
    row = Disclosure.objects.get()
    assert (row.asked_by, row.approved_by) == (staff["ann"], staff["bea"])


def test_nobody_agrees_to_their_own_wish_by_using_the_console_and_the_command_line(world, staff):
    id = json.loads(asked_by("ann").stdout)["disclosure"]
    with pytest.raises(KeptError, match="S017"):
        disclosing.approve(id, staff["ann"])  # as the console names her


def test_somebody_who_is_no_member_of_staff_neither_asks_nor_agrees(world, staff):
    assert "X056" in asked_by("ghost").output
    assert not Disclosure.objects.exists()
    id = json.loads(asked_by("ann").stdout)["disclosure"]
    assert "X056" in run("approve", id, "--by", "ghost").output
    assert Disclosure.objects.get().state == "approval"


def test_a_key_is_shown_once_and_kept_for_its_owner_only(world, settings):
    made = run("key", "sister").stdout.strip()
    assert made.startswith("whsec_")
    file = settings.KEPT["SECRET"] / "webhooks" / "sister.key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(ways.keys("sister")) == 2
    assert "S011" in run("key", "broker").output


def test_what_is_no_id_is_told_so(world):
    assert "X040" in run("again", "seven").output
    assert "S015" in run("try", "else@example.org", *TO).output

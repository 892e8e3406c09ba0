"""Every promise is looked at, each finding can fail, and none counts for longer than its word."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.conf import settings

from kept import gate, promises
from kept._kit import clock
from kept._kit.errors import KeptError
from kept.cli import main
from kept.promises import proving
from kept.promises.evidence import broken, kept
from kept.promises.models import Proof, Run, Turn


@pytest.fixture
def shaky(monkeypatch):
    """A check of the ability behind `backups` that says what the test puts into it."""
    says = {}
    monkeypatch.setattr(proving, "_checks", {})

    @proving.check("backups", timedelta(hours=1), carries="what the test says")
    def look(promise, carried):
        """Whatever the test says."""
        says["carried"] = dict(carried)
        return says["answer"]()

    monkeypatch.setattr(
        "kept.promises.keeping._keepers", {"testing": lambda: ("backups", "erasure")}
    )
    return says


def _one(id):
    return next(one for one in promises.standings() if one.promise.id == id)


def _verify(*words):
    return CliRunner().invoke(main, ["verify", *words])


def test_every_sentence_of_the_policy_is_a_promise(usimprints):
    policy = promises.current().policy
    ids = [one.id for one in promises.promises_of(policy)]
    assert len(ids) == len(set(ids)) > 40
    assert {f"collect.{id}" for id in policy.collect} <= set(ids)


def test_a_promise_that_was_never_looked_at_is_not_proven(usimprints):
    assert {one.state for one in promises.standings()} == {"unproven"}


def test_an_ability_that_nothing_checks_is_not_proven(usimprints, shaky):
    shaky["answer"] = lambda: kept("fine")
    found = promises.verify(["erasure"]).findings[0]
    assert found.state == "unproven"
    assert "`erasure`" in found.says


def test_what_a_check_finds_is_the_state_with_its_figures(usimprints, shaky):
    shaky["answer"] = lambda: kept("fine", {"copies": 3})
    assert promises.verify(["backups"]).findings[0].figures == {"copies": 3}
    assert _one("backups").state == "kept"
    shaky["answer"] = lambda: broken("none for 9 days", {"copies": 0})
    assert promises.verify(["backups"]).findings[0].turned
    assert _one("backups").state == "broken"
    assert [one.state for one in Turn.objects.filter(promise="backups")] == ["broken"]


def test_a_check_that_fails_proves_nothing_and_stops_no_other(usimprints, shaky):
    def fails():
        raise ZeroDivisionError

    shaky["answer"] = fails
    done = promises.verify()
    states = {one.promise.id: one.state for one in done.findings}
    assert states["backups"] == "unproven"
    assert states["contacts.info"] == "unproven"  # its keeper is away in this test
    assert len(states) == len(promises.promises_of(promises.current().policy))


def test_a_finding_older_than_its_interval_no_longer_counts(usimprints, shaky):
    shaky["answer"] = lambda: kept("fine")
    promises.verify(["backups"])
    with clock.only_for_testing_at(clock.now() + timedelta(hours=2)):
        late = _one("backups")
    assert (late.state, late.stale) == ("unproven", True)


def test_a_broken_promise_stays_broken_however_old_the_finding(usimprints, shaky):
    shaky["answer"] = lambda: broken("gone")
    promises.verify(["backups"])
    with clock.only_for_testing_at(clock.now() + timedelta(days=9)):
        assert _one("backups").state == "broken"


def test_a_check_carries_on_where_it_was_unless_everything_is_asked_for(usimprints, shaky):
    shaky["answer"] = lambda: kept("fine", carry={"read": 7})
    promises.verify(["backups"])
    promises.verify(["backups"])
    assert shaky["carried"] == {"read": 7}
    promises.verify(["backups"], full=True)
    assert shaky["carried"] == {}


def test_runs_are_recorded(usimprints):
    done = promises.verify()
    run = Run.objects.get()
    assert (run.kept, run.broken, run.unproven) == tuple(
        done.count(state) for state in ("kept", "broken", "unproven")
    )
    assert run.whole


def test_an_unknown_promise_is_refused_with_the_way_to_the_list(usimprints):
    with pytest.raises(KeptError, match=r"P005.*`no\.such`.*kept promises"):
        promises.verify(["no.such"])


def test_the_gate_is_asked_about_each_purpose_and_ban(usimprints):
    done = promises.verify(["purposes.news", "purposes", "never.sell", "recipients"])
    assert {one.state for one in done.findings} == {"kept"}
    assert all(one.figures["decisions asked"] > 0 for one in done.findings)


def test_a_gate_that_allows_what_it_must_not_breaks_exactly_the_purpose(usimprints, monkeypatch):
    decide = gate.Gate.decide

    def lax(self, request, facts):
        if request.purpose == "news":
            facts = gate.Facts(base=facts.base, consented=(1 << 63) - 1)
        return decide(self, request, facts)

    monkeypatch.setattr(gate.Gate, "decide", lax)
    done = promises.verify(["purposes.news", "purposes.personalise", "purposes"])
    assert [one.state for one in done.findings] == ["broken", "kept", "kept"]


def test_views_without_the_scope_around_them_break_the_purposes(usimprints, monkeypatch):
    monkeypatch.setattr(settings, "MIDDLEWARE", list(settings.MIDDLEWARE)[:-1])
    assert promises.verify(["purposes.news"]).findings[0].state == "broken"


def test_verify_ends_with_2_when_something_could_not_be_told_and_1_when_broken(usimprints, shaky):
    shaky["answer"] = lambda: kept("fine")
    assert _verify("--promise", "backups").exit_code == 0
    assert _verify("--promise", "backups", "--promise", "erasure").exit_code == 2
    shaky["answer"] = lambda: broken("gone")
    assert _verify("--promise", "backups", "--promise", "erasure").exit_code == 1


def test_verify_tells_machines_every_promise(usimprints):
    told = json.loads(_verify("--json").stdout)["promises"]
    assert len(told) == Proof.objects.count()
    expected = {"id", "sentence", "keeper", "state", "says", "figures", "proven_at"}
    assert {frozenset(one) for one in told} == {frozenset(expected)}


def test_promises_lists_sentences_keepers_and_states(usimprints):
    told = json.loads(CliRunner().invoke(main, ["promises", "--json"]).stdout)["promises"]
    assert {one["state"] for one in told} == {"unproven"}
    assert next(one for one in told if one["id"] == "purposes.news")["keeper"] == "promises"
    assert "purposes.news" in CliRunner().invoke(main, ["promises"]).stdout


def test_the_privacy_page_says_of_each_sentence_whether_it_is_kept(usimprints, client):
    promises.verify()
    text = client.get("/privacy/").content.decode()
    assert 'href="/privacy/evidence/#purposes.news">kept' in text
    assert client.get("/privacy/evidence/").status_code == 200


def test_the_privacy_page_is_new_to_caches_after_each_look(usimprints, client):
    first = client.get("/privacy/")["ETag"]
    promises.verify(["contacts.info"])
    assert client.get("/privacy/", headers={"if-none-match": first}).status_code == 200


def test_the_privacy_page_is_new_to_caches_when_a_finding_grows_too_old(usimprints, client):
    """Else a control that silently stopped would stay `kept` in whatever holds the old page."""
    promises.verify()
    page = client.get("/privacy/")
    again = {"if-none-match": page["ETag"]}
    assert client.get("/privacy/", headers=again).status_code == 304
    with clock.only_for_testing_at(clock.now() + timedelta(days=1, minutes=1)):
        later = client.get("/privacy/", headers=again)
        assert later.status_code == 200
        assert "not proven" in later.content.decode()
        assert client.get("/privacy/evidence/", headers=again).status_code == 200


def test_why_a_promise_is_broken_is_not_told_to_strangers(usimprints, client, shaky):
    shaky["answer"] = lambda: broken("the door at the back is open", {"doors": 1})
    promises.verify(["backups"])
    public = client.get("/privacy/evidence/").content.decode()
    machine = client.get("/privacy/evidence/promises.json").json()["promises"]
    assert "door at the back" not in public
    told = next(one for one in machine if one["id"] == "backups")
    assert (told["state"], told["says"]) == ("broken", "")


@pytest.mark.parametrize("form", ["dpv.jsonld", "fides.json", "policy.json"])
def test_machines_read_the_posted_version_in_other_words(usimprints, client, form):
    assert client.get(f"/privacy/history/0/{form}").json()
    assert client.get(f"/privacy/history/7/{form}").status_code == 404


def test_no_visitor_makes_a_check_run(usimprints, client):
    client.get("/privacy/")
    client.get("/privacy/evidence/")
    assert Run.objects.count() == 0

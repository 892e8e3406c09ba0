"""Two subjects become one person: everything is the target's, and nothing is allowed more."""

import signal
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from kept import gate, ledger, vault
from kept.vault import files, mergers
from kept.vault.errors import NotStoredError, RefusedError
from kept.vault.keystore import holds as noted
from kept.vault.keystore import journal, keystore
from kept.vault.models import Merger, State, Subject
from tests.vault import catalogue as c
from tests.vault.held import HOLDS, STAFF, Somebody, in_days
from tests.vault.policies import gate_of

pytestmark = pytest.mark.django_db(transaction=True)

APART = (
    HOLDS.replace('phone = "contact.phone"\n', "")
    + """
[collect.caller]
says = "ring us up"
for = ["serve"]
keep = "30 days"
[collect.caller.optional]
phone = "contact.phone"
"""
)
BAN = '\n[never.apart]\njoin = "contact.phone"\nwith = "communication"\n'
EVERYONE = ("answer-inquiry", "serve", "news")


@pytest.fixture(autouse=True)
def in_force() -> Any:
    with gate.only_for_testing_in_force(gate_of(HOLDS)):
        yield
    for entry in noted.standing(keystore().database):
        noted.release(keystore().database, entry)


@pytest.fixture
def zoe() -> Somebody:
    return Somebody("from zoe")


@pytest.fixture
def zed() -> Somebody:
    return Somebody("from zed")


def merge(source: UUID, target: UUID) -> mergers.Merged:
    with gate.purpose(gate.MAINTAIN, actor=gate.Actor("staff", STAFF)):
        return vault.merge(source, target, by=STAFF)


def read(who: Somebody) -> tuple[UUID, str, bytes]:
    with gate.purpose("serve"):
        row = who.M.Inquiry.objects.get(pk=who.inquiry.pk)
        opened = files.open(type(who.file).objects.get(pk=who.file.pk))
        return row.subject_id, row.message, b"".join(opened.parts)


def test_rows_files_and_identifiers_are_the_targets(zoe: Somebody, zed: Somebody):
    done = merge(zoe.subject, zed.subject)
    assert done.rows == len({"inquiry", "named", "chat", "bare", "file", "file's row"})
    assert read(zoe) == (zed.subject, "from zoe", b"file of from zoe")
    assert read(zed) == (zed.subject, "from zed", b"file of from zed")
    assert vault.find("email", zoe.email) == vault.find("email", zed.email) == zed.subject
    assert Subject.objects.get(pk=zoe.subject).state == State.MERGED
    with gate.purpose("serve"):
        row = zoe.M.Inquiry.objects.get(email=zoe.email)
        row.message = "more"
        row.save()
        new = zoe.M.Inquiry.objects.create(name="Zoe", email=zoe.email)
    assert new.subject_id == zed.subject
    with pytest.raises(NotStoredError, match="V009"), gate.purpose("serve"):
        zoe.M.Sample.objects.create(subject_id=zoe.subject, char="late")


def test_an_erasure_of_either_takes_both_and_what_was_recorded_of_both(
    zoe: Somebody, zed: Somebody
):
    with transaction.atomic():
        ledger.record(ledger.Withdrawn(purposes=("news",)), zoe.subject)
    merge(zoe.subject, zed.subject)
    assert "record" in zoe.classes()
    done = vault.erase(zoe.subject)
    assert (done.subject, done.done) == (zed.subject, True)
    assert zoe.left() == zed.left() == zoe.classes() == zed.classes() == set()
    assert vault.open_erasures() == []
    assert {vault.find("email", one.email) for one in (zoe, zed)} == {None}


def masks(*names: str) -> int:
    return gate.in_force().mask(names)


@pytest.mark.parametrize(
    ("zoes", "zeds", "both"),
    [
        ({"consent": ["news"]}, {"consent": ["news"]}, {"news"}),
        ({"consent": ["news"]}, {}, {"news"}),
        ({}, {"consent": ["news"]}, {"news"}),
        ({"consent": ["answer-inquiry"]}, {}, set()),
        ({"consent": ["answer-inquiry"]}, {"consent": ["answer-inquiry"]}, {"answer-inquiry"}),
        ({"consent": ["news"]}, {"withdraw": ["news"]}, set()),
        ({"consent": ["news"], "withdraw": ["news"]}, {"consent": ["news"]}, set()),
    ],
)
def test_a_consent_holds_where_it_covers_nothing_of_the_one_who_did_not_give_it(
    zoe: Somebody, zed: Somebody, zoes: Any, zeds: Any, both: set[str]
):
    for who, said in ((zoe, zoes), (zed, zeds)):
        for what, purposes in said.items():
            vault.set_choices(who.subject, **{what: purposes})
    merge(zoe.subject, zed.subject)
    assert Subject.objects.get(pk=zed.subject).consented == masks(*both)


def test_what_either_forbade_is_forbidden_and_stays_so_after_a_restore(
    zoe: Somebody, zed: Somebody
):
    vault.set_choices(zoe.subject, object_to=["serve"])
    vault.set_choices(zed.subject, object_to=["news"], withdraw=["answer-inquiry"])
    vault.set_limits(zoe.subject, restricted=True)
    vault.set_agreed(zed.subject, 0)
    merge(zoe.subject, zed.subject)
    now = Subject.objects.get(pk=zed.subject)
    assert now.objected == masks("serve", "news")
    assert (now.restricted, now.ceased, now.agreed) == (True, False, None)
    assert set(journal.denials_of(keystore().database, zed.subject)) == {
        (journal.OBJECTED, "serve"),
        (journal.OBJECTED, "news"),
        (journal.WITHDRAWN, "answer-inquiry"),
        (journal.RESTRICTED, ""),
    }


@pytest.mark.parametrize("versions", [(APART + BAN,), (APART, APART + BAN)])
@pytest.mark.parametrize("order", [1, -1])
def test_a_join_ban_of_any_version_beats_a_merger(
    zed: Somebody, versions: tuple[str, ...], order: int
):
    with gate.only_for_testing_in_force(gate_of(APART)), gate.purpose("serve"):
        caller = zed.M.Sample.objects.create(
            subject_id=vault.make().pk, point="caller", char="", data=None, phone="+1 555 0100"
        )
    pair = (caller.subject_id, zed.subject)[::order]
    with (
        gate.only_for_testing_in_force(gate_of(*versions)),
        pytest.raises(RefusedError, match=r"V042.*never.apart"),
    ):
        merge(*pair)
    assert not Merger.objects.exists()
    assert {one.state for one in Subject.objects.filter(pk__in=pair)} == {State.ACTIVE}
    with gate.only_for_testing_in_force(gate_of(APART)):
        assert merge(*pair).rows


def test_what_there_can_be_only_one_of_is_not_dropped_in_silence(zoe: Somebody, zed: Somebody):
    with gate.purpose("serve"):
        for who in (zoe, zed):
            who.M.Member.objects.create_user(who.email[:8], "pass", email=who.email)
    with pytest.raises(RefusedError, match=r"V042.*vaulttests.Member"):
        merge(zoe.subject, zed.subject)
    assert read(zoe)[0] == zoe.subject
    zed.M.Member.objects.filter(subject_id=zed.subject).delete()
    merge(zoe.subject, zed.subject)
    assert zed.M.Member.objects.get(subject_id=zed.subject)


def test_it_needs_a_scope_that_may_store_what_the_source_holds(zoe: Somebody, zed: Somebody):
    with pytest.raises(NotStoredError, match="V010"):
        vault.merge(zoe.subject, zed.subject, by=STAFF)
    with gate.purpose("news"), pytest.raises(NotStoredError, match="V010"):
        vault.merge(zoe.subject, zed.subject, by=STAFF)
    assert not Merger.objects.exists()


def test_nobody_is_merged_with_themself_or_with_someone_erased(zoe: Somebody, zed: Somebody):
    with pytest.raises(RefusedError, match="V042"):
        merge(zoe.subject, zoe.subject)
    vault.erase(zed.subject)
    for pair in ((zoe.subject, zed.subject), (zed.subject, zoe.subject)):
        with pytest.raises(NotStoredError, match="V009"):
            merge(*pair)


def test_three_become_one(zoe: Somebody, zed: Somebody):
    zia = Somebody("from zia")
    merge(zoe.subject, zed.subject)
    merge(zed.subject, zia.subject)
    assert read(zoe)[0] == read(zed)[0] == zia.subject
    assert vault.survivor(zoe.subject, "default") == zia.subject
    vault.erase(zoe.subject)
    assert zoe.left() == zed.left() == zia.left() == set()


def test_what_is_held_stays_held_under_the_target(zoe: Somebody, zed: Somebody):
    made = vault.place_hold(zoe.subject, "legal", in_days(5), STAFF)
    merge(zoe.subject, zed.subject)
    assert [one.id for one in vault.holds(zed.subject)] == [made.id]
    assert vault.holds(zoe.subject) == ()
    vault.erase(zed.subject)
    assert zoe.left() == {"inquiry", "named", "chat", "file", "content", "note"}
    assert zed.left() == {"inquiry", "note"}, "one person now: clear text of which nobody said"
    vault.lift_hold(made.id, STAFF)
    assert zoe.left() == zoe.classes() == zed.classes() == set()


def test_it_stands_in_the_ledger(zoe: Somebody, zed: Somebody, monkeypatch: pytest.MonkeyPatch):
    seen: list[Any] = []
    real = ledger.record

    def note(event: Any, *rest: Any) -> Any:
        seen.append((event, rest[0]))
        return real(event, *rest)

    monkeypatch.setattr(mergers.ledger, "record", note)
    done = merge(zoe.subject, zed.subject)
    assert seen == [
        (ledger.Merged(state="decided", by=STAFF), zed.subject),
        (ledger.Merged(state="done", expected=done.rows, reached=done.rows), zed.subject),
    ]


def test_whoever_listens_is_told_who_it_is_now(
    zoe: Somebody, zed: Somebody, monkeypatch: pytest.MonkeyPatch
):
    told: list[UUID] = []
    monkeypatch.setattr(mergers, "_listeners", [told.append])
    merge(zoe.subject, zed.subject)
    assert told == [zed.subject]


KILL = """
import os, signal, sys
from uuid import UUID
from kept import gate, vault
from kept.vault import files, mergers, moving
from tests.vault.held import HOLDS
from tests.vault.policies import gate_of
source, target, step, when = sys.argv[1:]
def dying(real):
    def run(*given, **more):
        if when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        real(*given, **more)
        os.kill(os.getpid(), signal.SIGKILL)
    return run
rooms = dict(_give=moving, files=files)
name = "move" if step == "files" else step
room = rooms.get(step, mergers)
setattr(room, name, dying(getattr(room, name)))
with gate.only_for_testing_in_force(gate_of(HOLDS)):
    with gate.purpose(gate.MAINTAIN, actor=gate.Actor("staff", "aa")):
        vault.merge(UUID(source), UUID(target), by="aa")
"""
STEPS = ("decide", "join", "files", "_give", "move", "_point", "close")


@pytest.mark.parametrize("next_is", ["finish", "erase"])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_killed_between_any_two_steps_it_is_finished(
    zoe: Somebody, zed: Somebody, step: str, when: str, next_is: str
):
    hold = vault.place_hold(zoe.subject, "names", in_days(5), STAFF)
    killed = c.python(KILL, str(zoe.subject), str(zed.subject), step, when)
    assert killed.wait(60) == -signal.SIGKILL
    begun = (step, when) != ("decide", "before")
    now = zed.subject if begun else zoe.subject
    if next_is == "finish":
        assert vault.finish_mergers() == (begun and (step, when) != ("close", "after"))
        assert vault.finish_mergers() == 0
        assert read(zoe) == (now, "from zoe", b"file of from zoe")
        assert vault.find("email", zoe.email) == now
        assert [one.id for one in vault.holds(now)] == [hold.id]
    vault.erase(zoe.subject)
    assert zoe.left() == {"inquiry", "named", "note"}
    assert ("bare" in zed.left()) != begun
    vault.lift_hold(hold.id, STAFF)
    assert zoe.left() == zoe.classes() == set()

"""The purpose scope: frozen, narrowing only, gone when it ends."""

import asyncio
import contextvars
import copy
import gc
import pickle
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest

from kept.gate import (
    MAX_ROWS,
    SYSTEM,
    VISITOR,
    Actor,
    GateError,
    Scope,
    current,
    entered,
    lease,
    purpose,
)

STAFF = Actor("staff", "7")


def test_outside_a_scope_there_is_none():
    assert current() is None


def test_a_scope_is_current_inside_its_block_only():
    with purpose("news") as scope:
        assert current() is scope
        assert (scope.purpose, scope.actor, scope.recipient) == ("news", SYSTEM, None)
        assert not scope.closed
    assert current() is None
    assert scope.closed


def test_it_ends_with_an_exception():
    with pytest.raises(LookupError), purpose("news") as scope:
        raise LookupError
    assert current() is None
    assert scope.closed


@pytest.mark.parametrize("name", ["purpose", "recipient", "leased", "actor", "_over", "new"])
def test_it_is_frozen(name):
    with purpose("news") as scope:
        with pytest.raises(AttributeError):
            setattr(scope, name, "personalise")
        with pytest.raises(AttributeError):
            delattr(scope, "purpose")
        assert scope.purpose == "news"


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, pickle.dumps])
def test_it_cannot_be_carried_elsewhere(way):
    with purpose("news") as scope, pytest.raises(TypeError):
        way(scope)
    with purpose("news") as scope, pytest.raises(TypeError):
        way(scope.lease)


def test_another_purpose_inside_is_refused_and_the_outer_scope_stays():
    with purpose("news") as outer:
        with pytest.raises(GateError, match="G003"), purpose("personalise"):
            pass
        assert current() is outer
        assert not outer.closed


def test_the_same_purpose_inside_inherits_actor_and_recipient():
    with (
        purpose("news", actor=STAFF, recipient="mailer") as outer,
        purpose("news") as inner,
    ):
        assert inner is not outer
        assert (inner.actor, inner.recipient) == (STAFF, "mailer")


def test_closing_the_inner_scope_gives_the_outer_one_back():
    with purpose("news") as outer:
        with purpose("news"):
            pass
        assert current() is outer
        assert not outer.closed


def test_a_first_recipient_narrows_and_another_one_widens():
    with purpose("news"), purpose("news", recipient="mailer"):
        with purpose("news", recipient="mailer") as same:
            assert same.recipient == "mailer"
        with pytest.raises(GateError, match="G003"), purpose("news", recipient="agency"):
            pass


def test_another_actor_inside_is_refused():
    inner = purpose("news", actor=STAFF)
    with purpose("news", actor=VISITOR), pytest.raises(GateError, match="G003"):
        inner.__enter__()


def test_the_same_actor_inside_is_no_other():
    with purpose("news", actor=STAFF), purpose("news", actor=lambda: Actor("staff", "7")) as inner:
        assert inner.actor == STAFF


def test_maintenance_may_stand_inside_any_scope_and_nothing_inside_maintenance():
    with purpose("news", recipient="mailer"), purpose("maintain") as inner:
        assert inner.recipient is None
        with pytest.raises(GateError, match="G003"), purpose("news"):
            pass


def test_who_acts_is_looked_up_once_and_only_when_asked():
    calls = []

    def who():
        calls.append(1)
        return STAFF

    with purpose("news", actor=who) as scope:
        assert calls == []
        assert scope.actor == scope.actor == STAFF
        assert calls == [1]


def test_an_actor_that_cannot_be_found_is_no_actor():
    def who():
        raise LookupError("no user")

    with purpose("news", actor=who) as scope:
        for _ in range(2):
            with pytest.raises(LookupError):
                _ = scope.actor


@pytest.mark.parametrize(
    ("actor", "owns"),
    [
        (Actor("subject", "s1"), True),
        (Actor("subject", "s2"), False),
        (Actor("staff", "s1"), False),
        (Actor("staff", "7", "s1"), True),
        (Actor("visitor"), False),
        (Actor("system", "s1"), False),
        (Actor("subject", ""), False),
    ],
)
def test_only_the_subject_itself_owns_its_data(actor, owns):
    with purpose("own-data", actor=actor) as scope:
        assert scope.owns("s1") is owns
        assert scope.owns("") is False


def test_a_new_thread_has_no_scope():
    with purpose("news"):
        found = []
        thread = threading.Thread(target=lambda: found.append(current()))
        thread.start()
        thread.join()
        with ThreadPoolExecutor(1) as pool:
            found.append(pool.submit(current).result())
        assert found == [None, None]


def test_asyncio_to_thread_and_child_tasks_keep_the_scope():
    async def run():
        with purpose("news") as scope:
            assert await asyncio.to_thread(current) is scope
            assert await asyncio.create_task(_current()) is scope
            assert await asyncio.gather(_current(), _current()) == [scope, scope]

    asyncio.run(run())


def test_a_context_that_outlives_the_scope_has_none():
    with purpose("news"):
        left = contextvars.copy_context()
    assert left.run(current) is None


def test_scopes_of_concurrent_tasks_do_not_meet():
    async def one(name, met):
        with purpose(name):
            met.set()
            await asyncio.sleep(0.01)
            return current().purpose

    async def run():
        met = asyncio.Event()
        assert await asyncio.gather(one("news", met), one("personalise", met)) == [
            "news",
            "personalise",
        ]

    asyncio.run(run())


async def _current():
    return current()


def test_what_a_lease_holds_is_emptied_with_the_scope():
    class Key:
        pass

    with purpose("news") as scope:
        key = Key()
        held = weakref.ref(key)
        scope.lease.slot["key"] = key
        slot = scope.lease.slot
        del key
    assert slot == {}
    gc.collect()
    assert held() is None


def test_closers_run_before_the_slot_is_emptied_and_once():
    seen = []
    with purpose("news") as scope:
        scope.lease.slot["key"] = 1
        scope.on_close(lambda: seen.append(dict(slot)))
        slot = scope.lease.slot
    assert seen == [{"key": 1}]


def test_a_closer_that_fails_does_not_keep_the_slot():
    scope = Scope("news")
    slot = scope.lease.slot
    slot["key"] = 1
    scope.on_close({}.popitem)
    with pytest.raises(LookupError):
        scope.close()
    assert slot == {}
    assert scope.closed


def test_a_closed_scope_has_no_lease_and_cannot_be_entered():
    with purpose("news") as scope:
        pass
    with pytest.raises(GateError, match="G007"):
        _ = scope.lease
    with pytest.raises(GateError, match="G007"), entered(scope):
        pass


def test_a_lease_ends_after_a_thousand_rows():
    with purpose("news", leased=True) as scope:
        first = scope.lease
        first.slot["key"] = 1
        first.rows = MAX_ROWS - 1
        assert scope.lease is first
        first.rows = MAX_ROWS
        assert scope.lease is not first
        assert first.closed
        assert first.slot == {}
        assert scope.lease.rows == 0
    assert MAX_ROWS == 1_000


def test_a_lease_ends_after_five_seconds(monkeypatch):
    moment = [100.0]
    monkeypatch.setattr(lease, "monotonic", lambda: moment[0])
    with purpose("news", leased=True) as scope:
        first = scope.lease
        moment[0] += 4.99
        assert scope.lease is first
        moment[0] += 0.01
        assert scope.lease is not first
        assert first.closed


def test_a_scope_that_is_not_leased_keeps_its_lease(monkeypatch):
    moment = [100.0]
    monkeypatch.setattr(lease, "monotonic", lambda: moment[0])
    with purpose("news") as scope:
        first = scope.lease
        first.rows = 10 * MAX_ROWS
        moment[0] += 3_600
        assert scope.lease is first


def test_a_scope_can_be_entered_again_until_it_is_closed():
    scope = Scope("news", STAFF)
    for _ in range(2):
        with entered(scope):
            assert current() is scope
        assert current() is None
    scope.close()
    with pytest.raises(GateError), entered(scope):
        pass


def test_its_repr_names_the_purpose_and_nobody():
    with purpose("news", actor=Actor("staff", "id-of-somebody"), recipient="mailer") as scope:
        assert repr(scope) == "<scope news to mailer>"
    assert repr(scope) == "<scope news to mailer, closed>"
    assert repr(Scope("news").lease) == "<lease: open>"

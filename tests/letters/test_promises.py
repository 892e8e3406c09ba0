"""The promise about mail is looked at by knocking at the door, and turns red when it is shut."""

import socket
import threading

import pytest

from kept import promises
from kept.keepers.letters.listening import place
from kept.keepers.letters.promises import abilities, door_answers
from kept.promises.keeping import unkept

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("usimprints")]
ID = "collect.mail"


@pytest.fixture(autouse=True)
def _no_door(settings):
    settings.KEPT["DATA"].mkdir(parents=True, exist_ok=True)
    place().unlink(missing_ok=True)
    yield
    place().unlink(missing_ok=True)


def state():
    promises.verify([ID])
    standing = next(one for one in promises.standings() if one.promise.id == ID)
    return standing.state


@pytest.fixture
def greeting():
    """A port where something greets with what the test puts here."""
    says = [b"220 localhost Kept\r\n"]
    with socket.create_server(("127.0.0.1", 0)) as listens:

        def greet():
            while True:
                try:
                    peer, _address = listens.accept()
                except OSError:
                    return
                with peer:
                    peer.sendall(says[0])

        threading.Thread(target=greet, daemon=True).start()
        place().write_text(f"smtp://127.0.0.1:{listens.getsockname()[1]}\n")
        yield says


def test_a_door_that_answers_keeps_it(greeting):
    promise = next(one for one in promises.promises_of(promises.current().policy) if one.id == ID)
    assert door_answers(promise, {}).state == "kept"
    assert state() != "broken"


def test_a_door_that_was_never_opened_breaks_it():
    assert state() == "broken"


def test_a_door_that_is_shut_breaks_it():
    place().write_text("smtp://127.0.0.1:9\n")
    assert state() == "broken"


def test_something_else_at_the_door_breaks_it(greeting):
    greeting[0] = b"HTTP/1.1 400 Bad Request\r\n"
    assert state() == "broken"


def test_without_a_setting_nobody_keeps_it(settings):
    settings.KEPT = {**settings.KEPT, "MAIL_IN": {}}
    assert abilities() == frozenset()
    assert ID in unkept(promises.current().policy)


def test_with_one_the_badge_goes():
    assert "collect at mail" in abilities()
    found = unkept(promises.current().policy).get(ID)
    assert found is None or "collect at mail" not in found.missing

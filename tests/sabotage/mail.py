"""Breakages of mail in."""

from collections.abc import Iterator
from typing import Any

from kept.keepers.letters.listening import listening, place
from tests.letters import doors
from tests.sabotage.case import sabotage


def open_door(site: Any) -> tuple[Any, Any]:
    """The site takes mail in: what was configured, and the door."""
    words = {"listen": "smtp://127.0.0.1:0", "authserv": "mx.example.org"}
    site.settings.KEPT = {**site.settings.KEPT, "MAIL_IN": words}
    said = listening()
    assert said is not None
    door = doors.start(said)
    place().parent.mkdir(parents=True, exist_ok=True)
    place().write_text(f"smtp://127.0.0.1:{door.port}\n")
    return said, door


@sabotage("collect.mail", "the door for mail was shut, which looks like a week without mail")
def door_shut(site: Any) -> Iterator[None]:
    said, door = open_door(site)
    door.close()
    yield
    opened = doors.start(said)  # for as long as the test runs
    place().write_text(f"smtp://127.0.0.1:{opened.port}\n")

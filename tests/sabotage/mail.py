"""Breakages of mail in."""

from collections.abc import Iterator
from typing import Any

from kept.keepers.letters.listening import listening, place
from tests.letters import doors
from tests.sabotage.case import sabotage


@sabotage("collect.mail", "the door for mail was shut, which looks like a week without mail")
def door_shut(site: Any) -> Iterator[None]:
    words = {"listen": "smtp://127.0.0.1:0", "authserv": "mx.example.org"}
    site.settings.KEPT = {**site.settings.KEPT, "MAIL_IN": words}
    said = listening()
    assert said is not None
    door = doors.start(said)
    door.close()
    place().parent.mkdir(parents=True, exist_ok=True)
    place().write_text(f"smtp://127.0.0.1:{door.port}\n")
    yield
    opened = doors.start(said)  # for as long as the test runs
    place().write_text(f"smtp://127.0.0.1:{opened.port}\n")

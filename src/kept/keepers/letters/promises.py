"""What the letters keeper is able to do, and how it is proven: a door that answers.

Rules: the ability is there where the host opened a door; it is proven by knocking at it, for a door
that closed silently looks like a week without mail.
"""

import socket
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from kept._kit.errors import KeptError
from kept.keepers.letters.listening import POINT, listening, place
from kept.keepers.letters.models import Letter
from kept.promises.evidence import Evidence, Figures, broken, kept
from kept.promises.needs import collecting
from kept.promises.promise import Promise
from kept.promises.proving import check

_HOUR: Final = timedelta(hours=1)
_SECONDS: Final = 5
_GREETING: Final = b"220 "


def abilities() -> frozenset[str]:
    """What the keeper can do in this host."""
    try:
        is_open = listening() is not None
    except KeptError:
        return frozenset()
    return frozenset({collecting(POINT)}) if is_open else frozenset()


@check(collecting(POINT), _HOUR)
def door_answers(promise: Promise, _carried: Figures) -> Evidence | None:
    """The door for mail answers, and no mail waits without end for somebody to read it."""
    if promise.clause != POINT:
        return None
    figures: dict[str, int] = {
        "not proven": Letter.objects.filter(proven=False, state=Letter.State.NEW).count(),
    }
    if not place().exists():
        return broken("no door for mail was opened yet: run `kept serve`", figures)
    if not _answers(place().read_text(encoding="utf-8").strip()):
        return broken("the door for mail does not answer: see `kept serve`", figures)
    return kept("the door for mail answers", figures)


def _answers(where: str) -> bool:
    """Whether a mail server greets there."""
    parts = urlsplit(where)
    try:
        if parts.hostname:
            peer = socket.create_connection((parts.hostname, parts.port or 0), _SECONDS)
        else:
            peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            peer.settimeout(_SECONDS)
            peer.connect(str(Path(parts.path)))
        with peer:
            return peer.recv(len(_GREETING)) == _GREETING
    except OSError:
        return False

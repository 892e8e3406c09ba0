"""How far a request is, in words: for its person, without saying who they are."""

from dataclasses import dataclass

from kept.keepers.rights.kinds import KINDS
from kept.keepers.rights.letters import day, moment
from kept.keepers.rights.models import Request
from kept.keepers.rights.states import State


@dataclass(frozen=True, slots=True)
class Said:
    """A heading, a sentence, and what kind of news it is (`ok`, `info`, `warn`)."""

    title: str
    heading: str
    text: str
    tone: str = "info"


def of(request: Request) -> Said:
    """What the status page and the account say."""
    title = KINDS[request.kind].title
    heading, text, tone = _words(request)
    return Said(title, heading, text, tone)


def _words(request: Request) -> tuple[str, str, str]:
    state = State(request.state)
    if state is State.WORKING and KINDS[request.kind].answered:
        return "Waiting for you", "Say on the page that your link opens what to do.", "info"
    if state in _TOLD:
        return _TOLD[state](request)
    return _PLAIN[state]


def _delayed(request: Request) -> tuple[str, str, str]:
    starts = moment(request.starts) if request.starts else "soon"
    return (
        "Your data is not used any more",
        f"It is destroyed on {starts} or soon after. Until then you can take it back, with the "
        "link in our mail.",
        "warn",
    )


def _working(request: Request) -> tuple[str, str, str]:
    if request.failure and request.expected:
        return (
            "Under way, not complete yet",
            f"{request.reached} of {request.expected} entries were reached. We go on until it is "
            f"whole, by {day(request.due)} at the latest.",
            "warn",
        )
    return "Under way", f"It is done by {day(request.due)} at the latest.", "info"


def _done(request: Request) -> tuple[str, str, str]:
    on = f" on {day(request.closed)}" if request.closed else ""
    if request.outcome == "nothing":
        return "Done", f"We looked{on} and hold nothing under that address.", "ok"
    if request.kind == "erase":
        return (
            "Your data is deleted",
            f"It was destroyed{on}: {request.reached} of {request.expected} entries, and every key "
            "that could have opened them.",
            "ok",
        )
    return "Done", f"It was carried out{on}.", "ok"


def _verified(request: Request) -> tuple[str, str, str]:
    text = f"We begin. It is done by {day(request.due)} at the latest."
    return "We know that it is you", text, "info"


_PLAIN = {
    State.ASKED: ("Waiting for you", "We sent a mail that asks whether it was you.", "info"),
    State.REFUSED: (
        "Not carried out",
        "We wrote to you why, and what you can do about it.",
        "warn",
    ),
    State.CANCELLED: ("Taken back", "Nothing of it is done.", "info"),
    State.LAPSED: (
        "Over",
        "Nobody confirmed it in time, so nothing was done. You can ask again.",
        "info",
    ),
}
_TOLD = {
    State.VERIFIED: _verified,
    State.DELAYED: _delayed,
    State.WORKING: _working,
    State.DONE: _done,
}

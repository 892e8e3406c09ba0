"""What the operator sees first: what waits, what is wrong, what runs the site. Counts only.

Rules: nothing here opens personal data; a part that cannot tell its state is a problem that is
shown, never a blank or an error page.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from kept import promises, vault
from kept._kit.errors import KeptError
from kept.keepers.accounts.flows import OPERATOR
from kept.keepers.forms import answering, moderation
from kept.keepers.sharing import flows as sharing

INQUIRY = "inquiry"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One kind of thing that waits for a person."""

    place: str
    """Its word in the sidebar."""
    title: str
    url: str
    count: int
    what: str
    """What is counted, in words."""
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line about the state of a part."""

    title: str
    says: str


@dataclass(frozen=True, slots=True)
class Glance:
    """The whole of the first page."""

    waiting: tuple[Waiting, ...]
    problems: tuple[Line, ...]
    state: tuple[Line, ...]
    policy: promises.Posted


def waiting() -> tuple[Waiting, ...]:
    """Inquiries, content to moderate, mails that did not leave."""
    inbox = Waiting(
        "inbox", "Inbox", reverse("console:inbox"), answering.waiting(INQUIRY), "not answered"
    )
    content = (
        Waiting(
            kind.name, kind.title, reverse(f"console:moderation-{kind.name}"),
            kind.rows(moderation.WAITING).count(), "waiting",
        )
        for kind in moderation.kinds()
    )  # fmt: skip
    mail = Waiting(
        "mail", "Outgoing mail", reverse("console:mail"),
        sharing.problems().count(), "not delivered", bad=True,
    )  # fmt: skip
    return (inbox, *content, mail)


def glance() -> Glance:
    """Everything on the first page."""
    state, problems = [], []
    for title, tell in _PARTS.items():
        try:
            state.append(Line(title, tell()))
        except (KeptError, OSError) as error:
            problems.append(Line(f"{title} cannot be used", _words(error)))
    return Glance(waiting(), tuple(problems), tuple(state), promises.current())


def _outgoing() -> str:
    count = sharing.waiting()
    return f"{count} mail{'' if count == 1 else 's'} on the way" if count else "nothing on the way"


def _key_store() -> str:
    vault.find("username", OPERATOR)  # any question that it has to answer
    return "answers"


_PARTS: dict[str, Callable[[], str]] = {"Key store": _key_store, "Outgoing mail": _outgoing}


def _words(error: Exception) -> str:
    return str(error) if isinstance(error, KeptError) else type(error).__name__

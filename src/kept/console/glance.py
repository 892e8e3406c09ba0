"""What the operator sees first: what waits, what is wrong, what runs the site. Counts only.

Rules: nothing here opens personal data; a part that cannot tell its state is a problem that is
shown, never a blank or an error page.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.urls import reverse

from kept import ledger, promises, schedule, vault
from kept._kit.errors import KeptError
from kept.keepers.forms import answering, moderation
from kept.keepers.letters import flows as mail_in
from kept.keepers.rights import listing
from kept.keepers.sharing import flows as sharing
from kept.keepers.sharing.flows import disclosing

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
    promises: Mapping[str, int]
    """How many promises are kept, broken, not proven."""


def waiting() -> tuple[Waiting, ...]:
    """Inquiries, privacy requests, content to moderate, mails and data that did not leave."""
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
    counts = listing.counts()
    late = counts["overdue"] + counts["failing"]
    asked = Waiting(
        "requests", "Privacy requests", reverse("console:requests"), late or counts["open"],
        "overdue or failing" if late else "open", bad=bool(late),
    )  # fmt: skip
    mail = Waiting(
        "mail", "Outgoing mail", reverse("console:mail"),
        sharing.problems().count(), "not delivered", bad=True,
    )  # fmt: skip
    letters = Waiting(
        "letters", "Mail in", reverse("console:letters"), mail_in.waiting(), "to read"
    )
    decide = disclosing.problems().count() + disclosing.untold().count()
    disclosures = Waiting(
        "disclosures", "Disclosures", reverse("console:disclosures"), decide, "to decide", bad=True
    )
    return (inbox, letters, asked, *content, mail, disclosures)


def glance() -> Glance:
    """Everything on the first page."""
    state: list[Line] = []
    problems: list[Line] = []
    for title, tell in _PARTS.items():
        try:
            says, *found = tell()
        except (KeptError, OSError) as error:
            problems.append(Line(f"{title} cannot be used", _words(error)))
        else:
            state.append(Line(title, says))
            problems += [Line(title, one) for one in found]
    return Glance(
        waiting(), tuple(problems), tuple(state), promises.current(),
        promises.counts(promises.standings()),
    )  # fmt: skip


def _key_store() -> list[str]:
    """The master key in use. The first text is the state, each further one a problem."""
    return [f"answers; {vault.master_in_words()}"]


def _ledger() -> list[str]:
    """What is recorded, how far it is signed, whether a log was lost; findings of its checks."""
    now = ledger.status()
    says = f"{_count(now.events, 'event')} recorded, {now.waiting} waiting to be signed"
    if not now.anchored_outside:
        says += "; nothing is anchored outside: a roll-back of the whole machine stays unseen"
    if now.lost:
        says += f"; {now.lost}. What that one alone knew cannot be proven any more"
    return [says, *now.findings]


def _backups() -> list[str]:
    """When data and keys were last backed up, and the backup last tried; what went wrong."""
    titles = {"backup.make": "made", "backup.try": "tried"}
    told, wrong = [], []
    for job in schedule.states():
        if job.name not in titles:
            continue
        when = f"{job.succeeded:%d %B %Y, %H:%M}" if job.succeeded else "never"
        told.append(f"{titles[job.name]} {when}")
        if job.condition in {"failed", "cut off"}:
            wrong.append(f"`{job.name}` went wrong {job.failures} times in a row: {job.error}")
    return [f"last {', '.join(told)} (UTC)", *wrong]


def _outgoing() -> list[str]:
    """Mails on their way."""
    return [f"{_count(sharing.waiting(), 'mail')} on the way"]


_PARTS: dict[str, Callable[[], list[str]]] = {
    "Key store": _key_store,
    "Ledger": _ledger,
    "Backups": _backups,
    "Outgoing mail": _outgoing,
}


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _words(error: Exception) -> str:
    return str(error) if isinstance(error, KeptError) else type(error).__name__

"""The ledger in figures, for the console, the commands and the promises' checks."""

from dataclasses import dataclass
from datetime import date, timedelta

from kept._kit import clock
from kept.ledger import anchors, appending, heads, keys
from kept.ledger.checking import Report
from kept.ledger.log import leaf
from kept.ledger.models import Outbox
from kept.ledger.store import batches, store

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Anchored:
    """What an anchor last kept."""

    name: str
    outside: bool
    size: int
    day: date | None


@dataclass(frozen=True, slots=True)
class Status:
    """The ledger now."""

    log: int
    """Which log of the site: 1, unless a database was lost."""
    lost: str
    """What was lost with the one before, in words."""
    size: int
    """Leaves in the tree."""
    events: int
    """Recorded events; the other leaves are covers."""
    batches: int
    waiting: int
    """Events that have no leaf yet."""
    last: date | None
    """Day of the newest batch."""
    checkpoint: str
    key: str
    anchors: tuple[Anchored, ...]
    findings: tuple[str, ...]
    """What the checks at start and since found, in words."""

    @property
    def anchored_outside(self) -> bool:
        """True where a roll-back of the whole machine would be noticed."""
        return any(one.outside and one.day is not None for one in self.anchors)


@dataclass(frozen=True, slots=True)
class PublicHead:
    """What everyone may know of the log, and needs in order to hold it to what it said."""

    origin: str
    key: str
    checkpoint: str
    """The newest signed one; empty where there is none yet."""
    size: int
    """Leaves in the tree."""
    last: date | None
    """Day of the newest batch."""
    log: int
    """Which log of the site: 1, unless a database was lost."""
    lost: int
    """Leaves that the lost one before it had at least."""


def public_head() -> PublicHead:
    """The log's name, key and newest checkpoint."""
    last = batches.latest(store())
    return PublicHead(
        origin=keys.origin(),
        key=str(appending.signer().public),
        checkpoint=last.note if last else "",
        size=last.size if last else 0,
        last=_EPOCH + timedelta(days=last.day) if last else None,
        log=keys.log().number,
        lost=keys.log().size,
    )


def status() -> Status:
    """The ledger's figures, each read now."""
    ledger = store()
    last = batches.latest(ledger)
    inbox = ledger.row("SELECT count(*) FROM inbox")
    outbox = sum(Outbox.objects.using(alias).count() for alias in heads.databases())
    kept = anchors.published(ledger)
    found = ledger.rows("SELECT code, message FROM finding ORDER BY day, code, message")
    return Status(
        log=keys.log().number,
        lost=keys.log().lost,
        size=last.size if last else 0,
        events=batches.events_after(ledger),
        batches=last.number if last else 0,
        waiting=outbox + int(inbox[0] if inbox else 0),
        last=_EPOCH + timedelta(days=last.day) if last else None,
        checkpoint=last.note if last else "",
        key=str(appending.signer().public),
        anchors=tuple(
            Anchored(
                one.name,
                one.outside,
                kept[one.name][0] if one.name in kept else 0,
                _EPOCH + timedelta(days=kept[one.name][1]) if one.name in kept else None,
            )
            for one in anchors.configured()
        ),
        findings=tuple(f"{code} {message}" for code, message in found),
    )


def note(report: Report, *, whole: bool = False) -> None:
    """Keep findings for the console; a `whole` check replaces all earlier ones."""
    ledger = store()
    with ledger.transaction():
        if whole:
            ledger.run("DELETE FROM finding")
        for finding in report.findings:
            ledger.run(
                "INSERT INTO finding (code, message, day) VALUES (%s, %s, %s)"
                " ON CONFLICT (code, message) DO NOTHING",
                (finding.code.id, finding.message, leaf.days(clock.today())),
            )

"""Breakages of what people can ask for about their own data."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from kept import gate, schedule
from kept._kit import clock
from kept.keepers.rights import flows
from kept.keepers.rights.models import Request
from kept.keepers.rights.promises import SWEEP
from kept.vault.models import Subject
from tests.sabotage.case import patched, sabotage

DAY = timedelta(days=1)


@contextmanager
def asked(kind: str, **more: Any) -> Iterator[None]:
    """A request of somebody on the site, asked as people ask, then as it stands in the table."""
    schedule.run(SWEEP)
    subject = Subject.objects.all()[0].pk
    done = flows.ask(kind, channel="account", subject=subject, base="https://imprints.example")
    row = Request.objects.filter(pk=done.request)
    before = row.values(*more).get()
    row.update(**more)
    yield
    row.update(**before)
    flows.refuse(done.request, "unfounded")  # what is on record stays: it gets its answer


@sabotage("rights", "somebody made the proof of who asks optional, to save mails")
def no_proof(site: Any) -> Iterator[None]:
    real = gate.decide_right

    def lax(right: str, category: str = "*", *, identity: bool, **rest: Any) -> gate.Decision:
        return real(right, category, identity=True, **rest)

    with patched(gate, "decide_right", lax):
        yield


@sabotage("rights.access", "the copy could not be made, and its day went by")
def late_copy(site: Any) -> Iterator[None]:
    with asked("access", due=clock.today() - DAY, failure="OSError"):
        yield


@sabotage("rights.correct", "a correction waited until its day was over")
def late_correction(site: Any) -> Iterator[None]:
    with asked("correct", due=clock.today() - DAY):
        yield


@sabotage(
    "rights.cease",
    "the job worker was left out when the server was moved",
    like="Todd Snyder 2025: the portal was broken for 40 days, and nobody noticed",
)
def nobody_works(site: Any) -> Iterator[None]:
    with asked("cease", state="verified", asked=clock.today() - 3 * DAY):
        yield


@sabotage("rights.withdraw", "a consent was to be taken back, and its day went by")
def late_withdrawal(site: Any) -> Iterator[None]:
    with asked("withdraw", due=clock.today() - DAY):
        yield


@sabotage(
    "rights.erase",
    "a script put a deleted person back",
    like="Everalbum 2021: deleted on request, and kept",
)
def back_again(site: Any) -> Iterator[None]:
    with asked("erase", state="done", closed=clock.today()):
        yield

"""Telling one recipient what became of data that they got: claim, send, record. Called by the job.

Rules: no gate is asked, for a right never passes the permit rules, and nothing is carried but the
recipient's own reference; once they were told, the reference is forgotten here.
"""

from typing import Any, Literal
from uuid import UUID

from kept import ledger
from kept._kit import clock
from kept._kit.errors import KeptError
from kept.keepers.sharing import failures, giving, payload, queueing, ways, webhooks
from kept.keepers.sharing.models import Disclosure, Telling
from kept.keepers.sharing.outcomes import Failed, Later, Nothing, Sent

State = Telling.State


def deliver(id: UUID) -> Sent | Later | Failed | Nothing:
    """Tell it if it is waiting and due, or was left behind by a worker that died."""
    row = queueing.claim(Telling, id)
    if row is None:
        return Nothing()
    try:
        failure = _send(row)
    except KeptError as error:
        failure = failures.Failure(error.code.id, final=True)
    return _told(row) if failure is None else queueing.failed(row, failure)


def told_by_hand(id: UUID) -> bool:
    """A person told them. False where there is nothing to tell."""
    row = Telling.objects.filter(pk=id, state__in=(State.BY_HAND, State.FAILED)).first()
    if row is None:
        return False
    _end(row)
    return True


def _send(row: Telling) -> failures.Failure | None:
    way = ways.way(row.recipient, row.channel)
    if way.channel == Disclosure.Channel.WEBHOOK:
        body = payload.told(row, clock.now())
        return webhooks.post(way, str(row.pk), body, ways.keys(row.recipient))
    heading, text = payload.told_text(row)
    return giving.mail(way.target, heading, text, id=row.pk, at=clock.now())


def _told(row: Telling) -> Sent:
    _end(row)
    return Sent()


def _record(row: Telling, outcome: Literal["told", "given-up"]) -> None:
    change: Any = row.change
    ledger.record(ledger.Told(recipient=row.recipient, change=change, outcome=outcome), None)


@ledger.flow(ledger.Told)
def _end(row: Telling) -> None:
    """They were told."""
    _record(row, "told")
    Telling.objects.filter(pk=row.pk).update(
        state=State.TOLD, reference="", leased_until=None, failure="", day=clock.today()
    )


@ledger.flow(ledger.Told)
def give_up(row: Telling) -> None:
    """They cannot be told; that too stands on record."""
    _record(row, "given-up")
    Telling.objects.filter(pk=row.pk).delete()

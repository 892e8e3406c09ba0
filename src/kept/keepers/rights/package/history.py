"""What the ledger tells a person about themselves, event by event, each with its receipt.

Rules: every event that was recorded about the person, by day; each comes with its receipt, which
proves to anyone that it stands in the ledger; those that are not in the signed tree yet are told
all the same, last and without one; whoever acted stands in it by kind, never by name or number.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from kept import ledger
from kept.keepers.rights.package.events import words
from kept.policy import Policy


@dataclass(frozen=True, slots=True)
class Told:
    """One event, in words and as it was recorded."""

    day: str
    kind: str
    says: str
    event: Mapping[str, Any]
    receipt: bytes
    """Empty while it waits to be signed."""


def told(subject: UUID, current: Policy) -> Iterator[Told]:
    """Every event about the person: those in the signed ledger by day, then those that wait."""
    waits = {one.nonce: one for one in ledger.each_waiting_about(subject)}
    for one in ledger.each_receipt_about(subject):
        waits.pop(one.nonce, None)  # it was signed meanwhile
        yield _told(one.day, one.event, ledger.write_receipt(one), current)
    for left in waits.values():
        yield _told(left.day, left.event, b"", current)


def _told(day: date, data: bytes, receipt: bytes, current: Policy) -> Told:
    event = json.loads(data)
    shown = {name: value for name, value in event.items() if name not in ("by", "kind")}
    return Told(day.isoformat(), event["kind"], words(event, current), shown, receipt)

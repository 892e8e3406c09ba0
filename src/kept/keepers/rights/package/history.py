"""What the ledger tells a person about themselves: who opened, what was sent, what was changed.

Rules: every event that was recorded about the person, in plain words, by day; whoever acted is said
by kind ("a member of staff"), never by name or number; each comes with its receipt, which proves
to anyone that it stands in the ledger.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kept import ledger, policy
from kept.policy import Policy

_WHO = {
    "staff": "a member of staff",
    "subject": "you",
    "visitor": "a visitor",
    "system": "our software",
}
_BUILT_IN = {
    "own-data": "show you your own data",
    "sign-in": "make sure that it is you, and reach you about it",
    "operate": "keep the website running",
    "maintain": "look after the stored data",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One event, in words and as it was recorded."""

    day: str
    kind: str
    says: str
    event: Mapping[str, Any]
    receipt: bytes


def told(subject: UUID, current: Policy) -> Iterator[Told]:
    """Every event about the person that stands in the signed ledger, by day."""
    for data in ledger.each_receipt_about(subject):
        found = ledger.read_receipt(data)
        event = json.loads(found.event)
        shown = {name: value for name, value in event.items() if name != "by"}
        says = _SAYS.get(event["kind"], _other)(event, current)
        yield Told(found.day.isoformat(), event["kind"], says, shown, data)


def _categories(event: Mapping[str, Any]) -> str:
    known = policy.categories()
    names = [
        known[one].label if one in known else one for one in event.get("categories", ())
    ]  # fmt: skip
    return ", ".join(names) or "nothing"


def _purpose(id: str, current: Policy) -> str:
    declared = current.purposes.get(id)
    return declared.says if declared is not None else _BUILT_IN.get(id, id)


def _opened(event: Mapping[str, Any], current: Policy) -> str:
    who = _WHO.get(event["actor"], event["actor"])
    return f"{who} opened: {_categories(event)}, to {_purpose(event['purpose'], current)}"


def _sent(event: Mapping[str, Any], current: Policy) -> str:
    id = event["recipient"]
    clause = current.recipients.get(id)
    to = "you" if id == "subject" else (clause.says if clause and clause.says else id)
    why = _purpose(event["purpose"], current)
    return f"sent to {to}: {_categories(event)}, to {why}"


def _collected(event: Mapping[str, Any], current: Policy) -> str:
    clause = current.collect.get(event["point"])
    where = f"when you {clause.says}" if clause is not None else event["point"]
    return f"collected {where}: {_categories(event)}"


def _agreed(event: Mapping[str, Any], current: Policy) -> str:
    return "you agreed that we " + "; ".join(_purpose(one, current) for one in event["purposes"])


def _withdrawn(event: Mapping[str, Any], current: Policy) -> str:
    what = "; ".join(_purpose(one, current) for one in event["purposes"])
    return f"you took back that we {what}"


def _changed(event: Mapping[str, Any], _current: Policy) -> str:
    return f"changed or added: {_categories(event)}"


def _account(event: Mapping[str, Any], _current: Policy) -> str:
    words = {"signed-in": "signed in", "signed-out": "signed out"}
    return f"account: {words.get(event['what'], event['what'].replace('-', ' '))}"


def _requested(event: Mapping[str, Any], _current: Policy) -> str:
    return f"you asked about your data: {event['right']}"


def _progressed(event: Mapping[str, Any], _current: Policy) -> str:
    return f"your request ({event['right']}) went on: {event['state']}"


def _answered(event: Mapping[str, Any], _current: Policy) -> str:
    return f"your request ({event['right']}) was closed: {event['outcome']}"


def _restricted(event: Mapping[str, Any], _current: Policy) -> str:
    words = {"free": "may be used again", "ceased": "is not used any more"}
    return f"your data {words.get(event['state'], 'is kept and not used')}"


def _other(event: Mapping[str, Any], _current: Policy) -> str:
    rest = ", ".join(
        f"{name}: {value}" for name, value in event.items() if name not in ("kind", "by", "row")
    )
    return f"{event['kind']}{f' ({rest})' if rest else ''}"


_SAYS: Mapping[str, Callable[[Mapping[str, Any], Policy], str]] = {
    "Account": _account,
    "Answered": _answered,
    "Changed": _changed,
    "Collected": _collected,
    "Consented": _agreed,
    "Opened": _opened,
    "Progressed": _progressed,
    "Requested": _requested,
    "Restricted": _restricted,
    "Sent": _sent,
    "Withdrawn": _withdrawn,
}

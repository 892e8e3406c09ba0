"""What must hold after the fire; pure, so that it can be tried without one.

Rules: what was acknowledged is there, and its event has a leaf; who had their erasure acknowledged
is gone; nothing waits; no answer was an error of the site; while processes are killed, a connection
may break, but that is all that may.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

_TROUBLE = ("Traceback (most recent call last)", "deadlock detected", "Internal Server Error",
            "database is locked")  # fmt: skip
_LOGGED_DEADLOCK = re.compile(r"ERROR:\s+deadlock detected|FATAL:\s+sorry, too many clients")
_SERVER_ERROR = 500
_UNANSWERED = 0


@dataclass
class Acknowledged:
    """What the site said was done."""

    inquiries: dict[str, str] = field(default_factory=dict)
    """Address -> message."""
    accounts: list[str] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)
    erasing: list[str] = field(default_factory=list)
    """Whose erasure was confirmed, whether an answer came or not."""

    def standing(self) -> dict[str, str]:
        """The inquiries that must be there."""
        gone = set(self.erasing)
        return {one: said for one, said in self.inquiries.items() if one not in gone}


@dataclass
class Phase:
    """One phase: answers by action and status (0: none came), and what was logged."""

    name: str
    kills: Counter[str] = field(default_factory=Counter)
    """Processes that were killed, by what they are."""
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    unexpected: list[str] = field(default_factory=list)
    """Answers that were no errors of the site, and yet not what the action asks for."""
    commands: list[tuple[str, int, str]] = field(default_factory=list)
    """What was run beside: words, exit code, what it said."""
    log: str = ""
    database_log: str = ""


def of_phase(phase: Phase) -> list[str]:
    """What went wrong in a phase, in words; nothing where nothing did."""
    found = [
        f"{phase.name}: {number} times {status} for `{action}`"
        for (action, status), number in sorted(phase.answers.items())
        if status >= _SERVER_ERROR or (status == _UNANSWERED and not phase.kills)
    ]
    found += [f"{phase.name}: {one}" for one in phase.unexpected]
    found += [
        f"{phase.name}: `kept {words}` ended with {code}: {said[-300:]}"
        for words, code, said in phase.commands
        if code
    ]
    found += [
        f"{phase.name}: {phase.log.count(word)} times `{word}` in the site's log"
        for word in _TROUBLE
        if word in phase.log
    ]
    logged = _LOGGED_DEADLOCK.findall(phase.database_log)
    found += [
        f"{phase.name}: {len(logged)} times `{one}` in a database's log" for one in set(logged)
    ]
    if not any(status == 200 for _, status in phase.answers):
        found.append(f"{phase.name}: no page was answered at all")
    return found


def of_state(said: Acknowledged, state: Mapping[str, Any]) -> list[str]:
    """What the stores lack of what was acknowledged.

    `state`: `inquiries` (address -> the messages that are there), `leaves` (address -> how many
    collected inquiries have a proven leaf), `accounts` and `known` (addresses), `waiting`
    (what is not through: name -> number).
    """
    found = []
    for address, message in said.standing().items():
        there = state["inquiries"].get(address, [])
        if message not in there:
            found.append(f"lost: the inquiry of {address}")
        elif state["leaves"].get(address, 0) < len(there):
            found.append(f"no leaf: {len(there)} inquiries of {address}")
        elif state["leaves"][address] > len(there):
            found.append(f"no row: an inquiry of {address} that the record has")
    gone = set(said.erasing)
    found += _lacking("lost: the account of", set(said.accounts) - gone, state["accounts"])
    found += [f"erased, and still known: {one}" for one in said.erased if one in state["known"]]
    found += [f"{number} {name} still wait" for name, number in state["waiting"].items() if number]
    return found


def of_ledger(code: int, report: Mapping[str, Any]) -> list[str]:
    """What `kept ledger verify --json` found."""
    found = [f"ledger: {one['code']} {one['message']}" for one in report.get("findings", ())]
    return found or ([f"ledger: exit code {code}"] if code else [])


def of_promises(report: Mapping[str, Any]) -> list[str]:
    """The promises that `kept verify --json` calls broken. It must have looked at some."""
    every = report.get("promises", [])
    found = [f"broken: {one['id']}: {one['says']}" for one in every if one["state"] == "broken"]
    return found if every else ["no promise was looked at"]


def _lacking(says: str, wanted: Iterable[str], there: Iterable[str]) -> list[str]:
    return [f"{says} {one}" for one in sorted(set(wanted) - set(there))]

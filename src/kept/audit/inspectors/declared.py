"""What the policy says about a name that was seen: the clause of a cookie, of a host; what waits.

Rules: an exact name wins over a pattern; a star stands for any rest of a cookie's name and for any
part in front of a host; what is not necessary waits for a choice, and so does whoever gets data for
purposes of consent alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from kept.audit.evidence import State
from kept.policy import Cookie, Policy

WITHOUT_CHOICE: tuple[State, ...] = (
    "before choice",
    "another browser",
    "data cleared",
    "refused",
    "withdrawn",
    "do-not-track",
    "global-privacy-control",
)
"""The states in which nothing optional may happen."""
SIGNALS: tuple[State, ...] = ("do-not-track", "global-privacy-control")


@dataclass(frozen=True, slots=True)
class Named:
    """The clause that names a host."""

    clause: str
    kind: Literal["recipient", "embed"]
    purposes: tuple[str, ...]
    waits: bool
    """Whether nothing may be asked of it without a choice."""


def cookie(policy: Policy, name: str, storage: str = "cookie") -> Cookie | None:
    """The clause that declares this name, kept in this place."""
    exact = policy.cookies.get(name)
    if exact is not None:
        return exact if exact.storage == storage else None
    fitting = (one for key, one in policy.cookies.items() if "*" in key and fnmatchcase(name, key))
    return next((one for one in fitting if one.storage == storage), None)


def host(policy: Policy, name: str) -> Named | None:
    """The clause that names this host; where several do, one that need not wait."""
    found = [
        *(
            Named(f"embeds.{id}", "embed", (), waits=one.loads == "on choice")
            for id, one in policy.embeds.items()
            if _fits(name, one.hosts)
        ),
        *(
            Named(f"recipients.{id}", "recipient", one.purposes, _consent(policy, one.purposes))
            for id, one in policy.recipients.items()
            if _fits(name, one.hosts)
        ),
    ]
    return min(found, key=lambda one: one.waits, default=None)


def anything_waits(policy: Policy) -> bool:
    """Whether the policy declares anything that waits for a choice."""
    hosts = [each for one in policy.embeds.values() for each in one.hosts]
    hosts += [each for one in policy.recipients.values() for each in one.hosts]
    waiting = (found for one in hosts if (found := host(policy, one.removeprefix("*."))))
    return any(one.opt_in for one in policy.cookies.values()) or any(one.waits for one in waiting)


def visits_wait(policy: Policy) -> bool:
    """Whether recording visits waits for a choice."""
    return policy.visits is not None and _consent(policy, policy.visits.purposes)


def stopped(policy: Policy, purposes: Iterable[str]) -> bool:
    """Whether an honoured signal stops all these purposes."""
    asked = set(purposes)
    return bool(asked) and asked <= policy.stopped_by_signals


def honoured(policy: Policy) -> tuple[State, ...]:
    """The signals that the policy honours."""
    answers: dict[State, str] = {
        "do-not-track": policy.signals.do_not_track,
        "global-privacy-control": policy.signals.global_privacy_control,
    }
    return tuple(state for state, answer in answers.items() if answer == "honoured")


def _consent(policy: Policy, purposes: Iterable[str]) -> bool:
    bases = {policy.purposes[one].basis for one in purposes if one in policy.purposes}
    return bases == {"consent"}


def _fits(name: str, hosts: Iterable[str]) -> bool:
    return any(name == one or (one.startswith("*.") and name.endswith(one[1:])) for one in hosts)

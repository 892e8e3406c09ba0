"""The rights that can be asked for here, in the words of their pages. Data only.

Rules: asking takes the same few words whatever the policy says; whether a right is offered, by
when and at what price is the policy's (`[rights]`); whether proof is needed is the gate's table,
which no policy can raise (GDPR Art. 12(6); CCPA regulations, section 7060).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from kept import gate
from kept.policy import Period, Policy, Right

MONTH: Final = Period(months=1)
"""By when, where the policy does not say (GDPR Art. 12(3))."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One right as people see it."""

    id: str
    title: str
    """What one gets: `A copy of your data`."""
    verb: str
    """The button: `Ask for a copy`."""
    says: str
    """What happens, in a sentence or two."""
    answered: bool = False
    """True where the person says more after they are known: what to correct, what to take back."""

    @property
    def proof(self) -> bool:
        """Whether it must be known who asks."""
        asked = gate.decide_right(right_of(self.id), identity=False, today=date.min)
        return self.answered or not asked.allowed


_ALL = (
    Kind(
        "access",
        "A copy of your data",
        "Ask for a copy",
        "You get everything that we hold about you in one file: pages to read, tables and data for "
        "programs, what was sent to whom, who opened it, and what you agreed to.",
    ),
    Kind(
        "export",
        "Your data, to take elsewhere",
        "Ask for the file",
        "You get the same file as with a copy; its tables and data can be read by programs.",
    ),
    Kind(
        "correct",
        "Correct your data",
        "Ask to correct it",
        "We send you a link to a page where you see what can be corrected and change it there.",
        answered=True,
    ),
    Kind(
        "cease",
        "Stop using your data",
        "Ask to stop",
        "We stop sending you anything at once. When we know that it is you, we also stop every "
        "other use, and keep your data only until its time is over or you have it deleted.",
    ),
    Kind(
        "unsubscribe",
        "Stop our mails",
        "Stop the mails",
        "We send no more mails of the kind that nobody has to read. No proof, no questions.",
    ),
    Kind(
        "restrict",
        "Keep your data, but do not use it",
        "Ask to hold it still",
        "We keep your data and use it for nothing until you say otherwise: while something is "
        "disputed, or while you need it yourself.",
    ),
    Kind(
        "unrestrict",
        "Use your data again",
        "Ask to use it again",
        "We end the restriction that you asked for.",
    ),
    Kind(
        "withdraw",
        "Take back a consent",
        "Ask to take it back",
        "We send you a link to a page where you see what you agreed to, and take back any of it.",
        answered=True,
    ),
    Kind(
        "erase",
        "Delete your data",
        "Ask to delete it",
        "When we know that it is you, your data is not used any more. After a delay, in which you "
        "can still change your mind, it is destroyed for good.",
    ),
)

KINDS: Final[Mapping[str, Kind]] = MappingProxyType({one.id: one for one in _ALL})
"""Every kind, in the order of the pages."""


def right_of(kind: str) -> str:
    """The right that a kind belongs to: lifting a restriction belongs to restricting."""
    return "restrict" if kind == "unrestrict" else kind


def clause(policy: Policy, kind: str) -> Right | None:
    """What the policy says about the right; None where it is silent."""
    return policy.rights.get(right_of(kind))


def offered(policy: Policy, *, face: str) -> list[Kind]:
    """The kinds that a face (`web` or `account`) offers under `policy`, in order."""
    found = []
    for kind in _ALL:
        said = clause(policy, kind.id)
        if said is not None and getattr(said, face) and kind.id != "unrestrict":
            found.append(kind)
    return found


def due(policy: Policy, kind: str, asked: date) -> date:
    """The day by which a request of that day is to be carried out."""
    said = clause(policy, kind)
    return ((said.within if said else None) or MONTH).after(asked)

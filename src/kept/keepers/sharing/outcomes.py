"""What became of a mail. Values only; none holds an address or a word of the text."""

from dataclasses import dataclass
from uuid import UUID

from kept._kit.errors import code
from kept.gate import Decision

NOT_ON_FILE = code(
    "S004", "An address is not on file for the person", do="send to an address that they gave"
)
NO_PURPOSE = code("S005", "A mail has no purpose", do="name the purpose it is sent for")


@dataclass(frozen=True, slots=True)
class Queued:
    """The letter is sealed and will be sent."""

    mail: UUID


@dataclass(frozen=True, slots=True)
class Denied:
    """The gate denied; nothing was stored or sent."""

    decision: Decision


@dataclass(frozen=True, slots=True)
class Sent:
    """The mail server took it."""


@dataclass(frozen=True, slots=True)
class Later:
    """It did not work now and is tried again in `seconds`."""

    failure: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Failed:
    """It is given up until a person says otherwise; `failure` names the kind of failure."""

    failure: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """There was nothing to do: sent before, given up before, or somebody else is at it."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The disclosure is on its way, or waits for somebody; `state` says which."""

    disclosure: UUID
    state: str


@dataclass(frozen=True, slots=True)
class Twice:
    """The same was asked for before; nothing was done a second time."""

    disclosure: UUID


@dataclass(frozen=True, slots=True)
class NothingHeld:
    """Nothing that the recipient's clause covers is held about the person."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A sealed file waits to be handed over."""

"""Consents that somebody ticked for an address that nobody has proved to be theirs.

Rules: a consent to marketing counts once the holder of the address confirmed it, through a link
mailed there; until then it is nobody's consent, changes nobody's choices and is no row here. Who
asks the holder is wired by the keeper that does; without one, asking is an error, not a consent.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from kept._kit.errors import KeptError, code
from kept.policy import Policy

NOBODY = code(
    "C001",
    "Nobody can confirm a consent to marketing",
    do="install kept.keepers.mailings, which asks the holder of the address",
)
MARKETING = "marketing"
"""The kind of purposes whose consents are confirmed."""
Value = str | int | bool


class Unproved(msgspec.Struct, frozen=True, kw_only=True):
    """What was ticked at a form, until the holder of the address confirms it."""

    base: str
    """The site as its visitor reached it: `https://example.org`."""
    address: str
    point: str
    purposes: tuple[str, ...]
    shown: str
    """The very text that stood on the page."""
    version: int
    """Ordinal of the policy version in force."""
    at: datetime
    """When it was sent."""
    subject: UUID | None = None
    """Whom the rest of the form was stored for; None where all of it waits."""
    values: dict[str, Value] = {}
    """Fields that wait with the consents, because they need them to be stored."""
    model: str = ""
    """Label of the typed model that they go into; empty for none."""
    dropped: int = 0


Asker = Callable[[Unproved], None]
_asker: Asker | None = None


def wire(asker: Asker) -> None:
    """Who asks the holders of addresses, in an app's `ready()`."""
    global _asker  # noqa: PLW0603 - one way of asking per process is the point
    _asker = asker


def ask(unproved: Unproved) -> None:
    """Have the holder of the address asked. Raises `KeptError` C001 where nobody can."""
    if _asker is None:
        raise KeptError(NOBODY, f"`{unproved.purposes[0]}`", place=unproved.point)
    _asker(unproved)


def waits(policy: Policy, purposes: Iterable[str]) -> list[str]:
    """Those of `purposes` whose consents count only when they are confirmed."""
    known = policy.purposes
    return [one for one in purposes if one in known and known[one].kind == MARKETING]

"""Taking consent back, purpose by purpose, and seeing what was given when.

Rules (UI-03; GDPR Art. 7(1), 7(3)): each purpose is a choice of its own; what was taken back stays
in the history, with the words that were shown; keepers that act on a consent hear of its end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from kept import promises
from kept.keepers.consent import flows as consent
from kept.keepers.consent.models import Consent


@dataclass(frozen=True, slots=True)
class Given:
    """One consent, as its person sees it."""

    purpose: str
    says: str
    """`send you news of our company`."""
    given: date
    withdrawn: date | None
    version: str
    text: str
    """The very words that were shown."""


def history(subject: UUID) -> list[Given]:
    """Every consent of a person, the newest first."""
    rows = Consent.objects.filter(subject=subject).select_related("shown")
    return [_given(row) for row in rows.order_by("-given_at", "purpose")]


def standing(subject: UUID) -> list[Given]:
    """What is agreed to now, each purpose once, the newest first."""
    found: dict[str, Given] = {}
    for row in consent.standing(subject).select_related("shown"):
        found.setdefault(row.purpose, _given(row))
    return list(found.values())


def take_back(subject: UUID, purposes: Sequence[str]) -> tuple[str, ...]:
    """End these consents; those that stood."""
    known = {one.purpose for one in standing(subject)}
    wanted = tuple(dict.fromkeys(one for one in purposes if one in known))
    if wanted:
        consent.withdraw(subject, wanted)
    return wanted


def _given(row: Consent) -> Given:
    posted = promises.posted(row.version)
    declared = {} if posted is None else posted.policy.purposes
    says = declared[row.purpose].says if row.purpose in declared else row.purpose
    label = str(row.version) if posted is None else posted.label
    withdrawn = None if row.withdrawn_at is None else row.withdrawn_at.date()
    return Given(row.purpose, says, row.given_at.date(), withdrawn, label, row.shown.text)

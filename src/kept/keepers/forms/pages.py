"""What a collection page shows, and what became of a submission. Values only."""

from dataclasses import dataclass
from uuid import UUID

from django import forms

from kept.policy.prose import Notice

TOKEN = "kept-form"  # noqa: S105 - the name of a form field
HONEYPOT = "kept-leave-empty"
"""A field that people do not see and simple robots fill in."""


@dataclass(frozen=True, slots=True)
class Page:
    """One rendering of a collection point's page."""

    heading: str
    notice: Notice
    form: forms.Form
    token: str


@dataclass(frozen=True, slots=True)
class Collected:
    """It is stored (or was a robot's, and is forgotten: `row` is then None)."""

    row: UUID | None
    subject: UUID | None = None
    dropped: int = 0
    """How many fields came that the clause does not name. They were not looked at."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing is stored. `page` shows what was typed; None where the point is closed."""

    status: int
    problem: str
    page: Page | None

"""What a collection page shows, and what became of a submission. Values only."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms

from kept.keepers.forms.tokens import FormToken
from kept.policy.prose import Notice
from kept.promises.values import Posted

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
class Examined:
    """It may be stored: every field is valid, the consent it needs is there, the form is ours."""

    posted: Posted
    page: Page
    token: FormToken
    dropped: int

    @property
    def values(self) -> dict[str, Any]:
        """Field -> value of every field of the clause that holds something."""
        asked = self.posted.policy.collect[self.page.notice.point].asked
        given = ((name, self.page.form.cleaned_data.get(name)) for name in asked)
        return {
            name: value if isinstance(value, str | bool | int) else str(value)
            for name, value in given
            if value not in (None, "")
        }

    def agreed(self, prefix: str) -> list[str]:
        """The purposes whose box (`prefix` and the purpose's id) was ticked."""
        ticked = (name for name, value in self.page.form.cleaned_data.items() if value is True)
        return [name.removeprefix(prefix) for name in ticked if name.startswith(prefix)]


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing is stored. `page` shows what was typed; None where the point is closed."""

    status: int
    problem: str
    page: Page | None

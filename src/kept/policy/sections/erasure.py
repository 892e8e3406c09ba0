"""`[erasure]`, `[backups]`, `[holds.<id>]`, `[statutes.<id>]`: what erasing leaves, how long."""

from typing import Annotated

from pydantic import Field

from kept.policy.period import Period
from kept.policy.sections.named import NamedClause
from kept.policy.words import CategoryName, Clause, Many, PeriodText, Text

_MONTH = Period(days=30)


class Erasure(Clause):
    """The table `[erasure]` (UI-18, UI-19)."""

    delay: Annotated[
        PeriodText,
        Field(description="How long after a confirmed request, so that it can be cancelled."),
    ] = Period(days=3)
    residue: Annotated[
        PeriodText,
        Field(
            description="How long after erasure raw copies could still be read together with "
            "today's master key."
        ),
    ] = _MONTH
    rotate: Annotated[
        PeriodText | None,
        Field(description="How often the master key is replaced; must not exceed the residue."),
    ] = None
    says: Annotated[
        Text | None, Field(description="What remains after erasure, in the policy's own words.")
    ] = None

    @property
    def rotation(self) -> Period:
        """How often the master key is replaced: as declared, else as often as the residue asks."""
        return self.rotate or self.residue


class Backups(Clause):
    """The table `[backups]`: how long a copy of the data lives (UI-19)."""

    keep: Annotated[PeriodText, Field(description="How long a backup is kept.")] = _MONTH
    says: Annotated[Text | None, Field(description="More about it.")] = None


class Hold(NamedClause):
    """One reason for which some data outlives a request to erase it (SC-39, SC-42)."""

    says: Annotated[
        Text,
        Field(
            description="The reason, to end “we may still have to keep it …”: `to settle disputes`."
        ),
    ]
    categories: Annotated[
        Many[CategoryName], Field(description="What it can cover; none means anything.")
    ] = ()
    longest: Annotated[
        PeriodText | None, Field(description="The longest it can last; each hold has an end.")
    ] = None


class Statute(NamedClause):
    """One legal duty to keep data for a period; `statute = "<id>"` beside a `keep` names it."""

    says: Annotated[Text, Field(description="What asks for it, as a noun phrase: `tax law`.")]
    law: Annotated[Text | None, Field(description="Where it is written.")] = None

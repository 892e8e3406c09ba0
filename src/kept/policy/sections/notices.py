"""`[notices.<id>]` and `[breach]`: how people are reached, also when something goes wrong."""

from typing import Annotated, Literal

from pydantic import Field

from kept.policy.sections.named import NamedClause
from kept.policy.words import Clause, Many, PeriodText, Text

Channel = Literal["site", "email", "post", "phone"]


class Notice(NamedClause):
    """One kind of notice that people get without having asked (SC-45)."""

    says: Annotated[Text, Field(description="What it is about, as a noun phrase.")]
    by: Annotated[Many[Channel], Field(min_length=1, description="How it reaches people.")]


class Breach(Clause):
    """The table `[breach]`: what happens when data got out (SC-45; GDPR articles 33 and 34)."""

    by: Annotated[Many[Channel], Field(min_length=1, description="How people are told.")]
    within: Annotated[PeriodText | None, Field(description="By when, after it is known.")] = None
    says: Annotated[Text | None, Field(description="More about it.")] = None

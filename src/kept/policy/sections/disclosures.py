"""`[disclosures]`, `[aggregates]`, `[combine]`, `[embeds]`: special ways in which data travels."""

from typing import Annotated, Literal

from pydantic import Field

from kept.policy.sections.named import NamedClause
from kept.policy.words import CategoryName, CategoryOrAll, Host, Link, Many, Name, PeriodText, Text


class Disclosure(NamedClause):
    """One occasion outside the ordinary on which data may be disclosed (SC-21 to SC-23)."""

    occasion: Annotated[
        Literal["legal process", "protection", "merger", "sale"],
        Field(description="What must have happened."),
    ]
    says: Annotated[Text, Field(description="When, to end “we may disclose it …”.")]
    recipients: Annotated[
        Many[Name], Field(alias="to", min_length=1, description="To whom, from `[recipients]`.")
    ]
    approval: Annotated[
        Literal["one person", "two people"],
        Field(description="Who on the operator's side must agree, each time."),
    ] = "two people"
    tell: Annotated[
        bool, Field(description="Whether the person is told, where the law lets us.")
    ] = True


class Aggregate(NamedClause):
    """Figures that identify nobody (SC-26, SC-33)."""

    says: Annotated[Text, Field(description="What the figures are, as a noun phrase.")]
    of: Annotated[
        Many[CategoryName], Field(min_length=1, description="What they are counted from.")
    ]
    method: Annotated[
        Literal["counts", "sums", "averages"], Field(description="How they are made.")
    ] = "counts"
    smallest: Annotated[
        int, Field(ge=2, le=100_000, description="The fewest people that a figure may stand for.")
    ] = 50
    every: Annotated[
        PeriodText | None, Field(description="How often they are made; the raw data goes then.")
    ] = None
    purposes: Annotated[
        Many[Name], Field(alias="for", description="The purposes that the figures serve.")
    ] = ()
    shared: Annotated[bool, Field(description="Whether figures may go to others.")] = False


class Combination(NamedClause):
    """One permission to put together what was gathered apart (SC-08). Without one: not combined."""

    says: Annotated[Text | None, Field(description="More about it.")] = None
    join: Annotated[CategoryName, Field(description="What may be linked …")]
    with_: Annotated[CategoryOrAll, Field(description="… to which data.")]
    purposes: Annotated[
        Many[Name], Field(alias="for", min_length=1, description="The purposes it serves.")
    ]
    keep: Annotated[PeriodText | None, Field(description="For how long the link may last.")] = None


class Embed(NamedClause):
    """Content of other sites shown inside ours (SC-32)."""

    says: Annotated[Text, Field(description="What it is, as a noun phrase: `videos`.")]
    provider: Annotated[Text, Field(description="Whose it is, as people know it.")]
    hosts: Annotated[Many[Host], Field(min_length=1, description="Where it comes from.")]
    policy_url: Annotated[Link | None, Field(description="Where its provider's policy stands.")] = (
        None
    )
    loads: Annotated[
        Literal["on choice", "at once"],
        Field(description="Whether nothing is requested before the visitor chooses to load it."),
    ] = "on choice"

"""`[policy]`: whose policy this is, which version, since when, how people agree."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from kept.policy.words import Clause, Link, Many, PeriodText, Place, Text, wrong


class Meta(Clause):
    """The table `[policy]` (SC-01, SC-46, UI-01)."""

    site: Annotated[Text, Field(description="The operator's name as people know it.")]
    version: Annotated[
        Text, Field(description="The version's label; its order of adoption is kept elsewhere.")
    ]
    effective: Annotated[date, Field(description="The day from which it holds.")]
    updated: Annotated[date | None, Field(description="The day of its last update.")] = None
    agreement: Annotated[
        Literal["continued use", "express"],
        Field(description="What counts as agreeing to a changed policy."),
    ] = "express"
    retroactive: Annotated[
        Literal["express", "continued use"],
        Field(description="What lets a change reach data collected before it."),
    ] = "express"
    notice: Annotated[
        PeriodText | None,
        Field(description="How long before it takes effect a change is posted."),
    ] = None
    places: Annotated[
        Many[Place],
        Field(
            description="Where data is kept and processed: countries (`US`), parts of them "
            "(`US-CA`), or `worldwide`."
        ),
    ] = ()
    url: Annotated[Link | None, Field(description="The site's address.")] = None
    language: Annotated[Text, Field(description="The language of its texts (BCP 47).")] = "en"

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        if self.updated is not None and self.updated < self.effective:
            raise wrong("E022", f"`updated` {self.updated} is before `effective`", "updated")
        return self

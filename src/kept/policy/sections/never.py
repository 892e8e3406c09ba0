"""`[never.<id>]`: what is not done, whatever else permits it. Forbidding wins."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from kept.policy.sections.named import NamedClause
from kept.policy.sections.purposes import PurposeKind
from kept.policy.sections.recipients import Occasion, RecipientKind
from kept.policy.words import CategoryName, CategoryOrAll, Many, Name, Text, wrong

MOST_BANS = 64
"""Each ban is held against every clause, so there are few; more than this nobody reads."""


class Ban(NamedClause):
    """One ban (UI-05, UI-09, UI-11, SC-17, SC-24). What it names narrows it; at least one thing."""

    says: Annotated[
        Text | None,
        Field(description="Its sentence, where the generated one does not do."),
    ] = None
    join: Annotated[
        CategoryName | None, Field(description="What is never linked to the data in `with`.")
    ] = None
    with_: Annotated[
        CategoryOrAll | None, Field(description="To which data; `*` is all other personal data.")
    ] = None
    category: Annotated[CategoryName | None, Field(description="Only this category.")] = None
    purpose: Annotated[Name | None, Field(description="Only for this purpose.")] = None
    purpose_kind: Annotated[
        PurposeKind | None, Field(description="Only for purposes of this kind.")
    ] = None
    recipient_kind: Annotated[
        Many[RecipientKind], Field(description="Only to recipients of these kinds.")
    ] = ()
    occasion: Annotated[Occasion | None, Field(description="Only on this occasion.")] = None
    operation: Annotated[
        Literal["collect", "use", "share", "store"] | None,
        Field(description="Only this operation; sharing where a recipient or occasion is named."),
    ] = None
    unless: Annotated[
        Literal["consent"] | None,
        Field(description="What lifts it for one person: their own prior consent."),
    ] = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if (self.join is None) != (self.with_ is None):
            raise wrong("E026", "`join` and `with` stand together or not at all", "join")
        narrowing = (
            self.join,
            self.category,
            self.purpose,
            self.purpose_kind,
            self.recipient_kind,
            self.occasion,
            self.operation,
        )
        if not any(narrowing):
            raise wrong("E027", "a ban that names nothing would forbid everything", "")
        if self.join and any(narrowing[1:]):
            raise wrong("E026", "a `join` ban takes nothing but `with` and `says`", "join")
        return self

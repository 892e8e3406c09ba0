"""`[cookies.<name>]`: each cookie, what it is for, how long it lives, and who decides."""

from typing import Annotated, Literal

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from kept.policy.keep import Lifetime
from kept.policy.period import Period
from kept.policy.words import (
    EMPTY,
    CategoryName,
    Clause,
    CookieName,
    LifetimeText,
    Many,
    Name,
    PeriodText,
    Table,
    Text,
)


class Cookie(Clause):
    """One cookie (UI-06, UI-14, SC-28 to SC-31). The table's name is the cookie's name."""

    id: Annotated[SkipJsonSchema[CookieName], Field(exclude=True)]
    says: Annotated[Text, Field(description="What it does: `keeps you logged in`.")]
    lifetime: Annotated[
        LifetimeText,
        Field(description="A period, `session` (until the browser closes) or `until log out`."),
    ]
    lifetimes: Annotated[
        Table[Name, LifetimeText],
        Field(description='Other lifetimes by state: `remembered = "14 days"`.'),
    ] = EMPTY
    unused: Annotated[
        PeriodText | None,
        Field(
            description="For `until log out`: when a login that nobody uses ends by itself, as a "
            "browser that is closed does not say so. Without it: `1 day`."
        ),
    ] = None
    necessary: Annotated[
        bool,
        Field(
            description="Whether the site cannot do what was asked without it; else it is opt-in."
        ),
    ] = False
    holds: Annotated[
        Many[CategoryName],
        Field(description="The personal data in it; none means that it holds no personal data."),
    ] = ()
    purposes: Annotated[Many[Name], Field(alias="for", description="The purposes it serves.")] = ()
    when: Annotated[Text | None, Field(description="When it is set: `you log in`.")] = None
    removed: Annotated[
        Literal["log out"] | None, Field(description="What removes it before its time.")
    ] = None
    without: Annotated[Text | None, Field(description="What does not work when it is refused.")] = (
        None
    )
    storage: Annotated[
        Literal["cookie", "local storage", "session storage"],
        Field(description="Where in the browser it stands."),
    ] = "cookie"

    @property
    def idle(self) -> Period | None:
        """When a login that nobody uses ends; None where no state lasts until log-out."""
        every = (self.lifetime, *self.lifetimes.values())
        if not any(one.kind == "until log out" for one in every):
            return None
        return self.unused or Period(days=1)

    @property
    def opt_in(self) -> bool:
        """Whether it is set only for those who asked for it."""
        return not self.necessary

    @property
    def longest(self) -> Lifetime:
        """The longest lifetime of all its states."""
        every = (self.lifetime, *self.lifetimes.values())
        return max(every, key=lambda one: one.period.rough_days if one.period else 0.0)

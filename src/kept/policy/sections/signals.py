"""`[signals]` and `[age]`: what the browser says for a person, and how old they must be."""

from typing import Annotated, Literal

from pydantic import Field

from kept.policy.words import Clause, Many, Name, Text

Answer = Literal["honoured", "ignored"]


class Signals(Clause):
    """The table `[signals]` (SC-36). A signal that is not named is honoured."""

    do_not_track: Annotated[Answer, Field(description="The answer to `DNT: 1`.")] = "honoured"
    global_privacy_control: Annotated[Answer, Field(description="The answer to `Sec-GPC: 1`.")] = (
        "honoured"
    )
    stops: Annotated[
        Many[Name],
        Field(
            description="The purposes that an honoured signal stops; by default every one of "
            "kind personalisation, marketing, analytics or research."
        ),
    ] = ()
    says: Annotated[Text | None, Field(description="More about it.")] = None


class Age(Clause):
    """The table `[age]` (SC-43; COPPA draws its line at 13)."""

    minimum: Annotated[
        int, Field(ge=0, le=21, description="Nothing is knowingly collected from anyone younger.")
    ] = 13
    audience: Annotated[
        Literal["adults", "everyone"], Field(description="Whom the site is meant for.")
    ] = "everyone"
    says: Annotated[Text | None, Field(description="More about it.")] = None

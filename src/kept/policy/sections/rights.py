"""`[rights.<name>]`: what people can ask for, how, by when, and what it costs."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic.json_schema import SkipJsonSchema

from kept.policy.words import Clause, Many, Name, PeriodText, Text, short, wrong

RIGHTS = (
    "access",
    "export",
    "correct",
    "erase",
    "cease",
    "restrict",
    "object",
    "withdraw",
    "unsubscribe",
)


def _right(value: str) -> str:
    if value not in RIGHTS:
        raise wrong("E008", f"unknown right `{short(value)}`", value, among="rights")
    return value


RightName = Annotated[
    str, AfterValidator(_right), WithJsonSchema({"type": "string", "enum": list(RIGHTS)})
]


class Right(Clause):
    """One right (UI-15 to UI-20, SC-16, SC-38, SC-39; GDPR articles 12 to 22)."""

    id: Annotated[SkipJsonSchema[RightName], Field(exclude=True)]
    says: Annotated[
        Text | None, Field(description="More about it, after the generated sentence.")
    ] = None
    web: Annotated[bool, Field(description="Whether it can be asked for on the site.")] = True
    account: Annotated[
        bool, Field(description="Whether account holders can do it themselves, signed in.")
    ] = False
    mail_subject: Annotated[
        Text | None, Field(description="The subject heading that makes an email such a request.")
    ] = None
    contact: Annotated[Name | None, Field(description="Whom to write to, from `[contacts]`.")] = (
        None
    )
    within: Annotated[PeriodText | None, Field(description="By when it is done.")] = None
    fee: Annotated[Text | None, Field(description="What it costs; nothing by default.")] = None
    proof: Annotated[
        Literal["address on file", "password", "none"],
        Field(description="How it is made sure that the request is the person's own."),
    ] = "address on file"
    except_: Annotated[
        Many[Name], Field(description="The reasons in `[holds]` that limit it.")
    ] = ()

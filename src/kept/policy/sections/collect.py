"""`[collect.<id>]`: a place where data comes in, what it asks for, and for how long it is kept."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from kept.policy.sections.named import Keeping, NamedClause
from kept.policy.words import (
    EMPTY,
    CategoryName,
    FieldName,
    Leaf,
    Many,
    Name,
    Table,
    Text,
    wrong,
)

Fields = Table[FieldName, Leaf]


class Collection(NamedClause, Keeping):
    """One collection point (SC-02 to SC-06; UI-02, UI-03, UI-13)."""

    says: Annotated[
        Text,
        Field(description="When it happens, to end “when you …”: `send us a request`."),
    ]
    purposes: Annotated[
        Many[Name], Field(alias="for", min_length=1, description="The purposes it serves.")
    ]
    required: Annotated[
        Fields, Field(description="Fields without which it cannot work, each with its category.")
    ] = EMPTY
    optional: Annotated[Fields, Field(description="Fields that may be left out.")] = EMPTY
    added: Annotated[
        Fields, Field(description="What the operator adds to the record, such as a reply.")
    ] = EMPTY
    automatic: Annotated[
        Fields, Field(description="What comes along without being typed, such as an IP address.")
    ] = EMPTY
    labels: Annotated[
        Table[FieldName, Text], Field(description="Labels for fields, where their names do not do.")
    ] = EMPTY
    hints: Annotated[
        Table[FieldName, Text], Field(description="A word beside a field: why it is asked for.")
    ] = EMPTY
    choices: Annotated[
        Table[FieldName, Many[Text]], Field(description="The answers that a choice field offers.")
    ] = EMPTY
    channel: Annotated[
        Literal["form", "mail", "import", "third-party"],
        Field(description="How it comes in."),
    ] = "form"
    source: Annotated[
        Text | None,
        Field(description="Who gives it, where it is not the person: recorded with the data."),
    ] = None
    about: Annotated[
        Literal["self", "someone else"], Field(description="Whose details they are.")
    ] = "self"
    warranty: Annotated[
        Text | None, Field(description="What the sender promises, and accepts before sending.")
    ] = None
    licence: Annotated[
        Text | None,
        Field(description="What the sender permits with the content, and accepts before sending."),
    ] = None
    declining: Annotated[
        Text | None, Field(description="All that follows when someone does not give it.")
    ] = None
    public: Annotated[
        bool, Field(description="Whether it is published, and people are told so before.")
    ] = False
    shown: Annotated[
        Many[FieldName], Field(description="The fields that are published, when `public`.")
    ] = ()
    approval: Annotated[
        Literal["each", "first", "none"],
        Field(
            description="What a person looks at before it is published: each, only someone's "
            "first, or none."
        ),
    ] = "each"
    fixed: Annotated[
        Many[FieldName], Field(description="Fields that cannot be changed afterwards.")
    ] = ()
    removable: Annotated[
        Many[CategoryName],
        Field(description="What people can have taken out of their files, such as location data."),
    ] = ()

    @property
    def fields(self) -> dict[str, str]:
        """Every field with its category: required, optional, added, automatic."""
        return {**self.required, **self.optional, **self.added, **self.automatic}

    @property
    def asked(self) -> dict[str, str]:
        """The fields that the person fills in, with their categories."""
        return {**self.required, **self.optional}

    @model_validator(mode="after")
    def _fields_stand_once(self) -> Self:
        if self.id == "visits":
            raise wrong("E006", "a point cannot be called `visits`: that is a section", "visits")
        groups = (self.required, self.optional, self.added, self.automatic)
        seen: set[str] = set()
        for name in (name for group in groups for name in group):
            if name in seen:
                raise wrong("E023", f"the field `{name}` stands in two places", name)
            seen.add(name)
        if not seen:
            raise wrong(
                "E024",
                "a collection point without any field: no `required`, no `optional`",
                "required",
            )
        for where in (self.labels, self.hints, self.choices, self.fixed, self.shown):
            for name in where:
                if name not in seen:
                    raise wrong("E025", f"`{name}` is no field of this point", name, among="fields")
        return self

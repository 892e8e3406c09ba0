"""`[contacts]`, `[text]`, `[terms]`, `[law]`, `[safeguards]`: the policy in its own words."""

from typing import Annotated, Literal

from pydantic import Field

from kept.policy.sections.named import NamedClause
from kept.policy.words import Clause, Email, Link, Many, Text


class Contact(NamedClause):
    """One way to reach the operator (SC-48)."""

    says: Annotated[Text, Field(description="What it is for: `privacy questions`.")]
    email: Annotated[Email | None, Field(description="Its email address.")] = None
    post: Annotated[Text | None, Field(description="Its postal address, on one line.")] = None
    phone: Annotated[Text | None, Field(description="Its phone number.")] = None


class FreeText(NamedClause):
    """One text that no rule generates (SC-44)."""

    heading: Annotated[Text | None, Field(description="The heading it stands under.")] = None
    says: Annotated[Text, Field(description="The text.")]


class Terms(Clause):
    """The table `[terms]`: the terms of use that are part of the policy (SC-47)."""

    url: Annotated[Link, Field(description="Where they stand: a path or an address.")]
    says: Annotated[Text | None, Field(description="More about them.")] = None


class Law(Clause):
    """The table `[law]`: which law governs, and where (SC-47)."""

    governing: Annotated[Text, Field(description="Whose law: `the State of California, USA`.")]
    says: Annotated[Text | None, Field(description="More about it.")] = None


Care = Literal[
    "sealing", "key rotation", "backups", "test restores", "access control", "tamper evidence"
]
"""What the software does to keep data safe and can be checked."""


class Safeguard(NamedClause):
    """One thing done to keep data safe (UI-10, UI-12, SC-49)."""

    says: Annotated[Text, Field(description="A sentence.")]
    proven_by: Annotated[
        Many[Care],
        Field(
            alias="proven-by",
            description="What the software does for it, and is checked; none for advice and for "
            "words about limits.",
        ),
    ] = ()

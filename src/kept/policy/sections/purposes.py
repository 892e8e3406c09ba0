"""`[purposes.<id>]`: what data is used for, and why that is lawful."""

from typing import Annotated, Literal

from pydantic import Field

from kept.policy.sections.named import NamedClause
from kept.policy.words import Text

Basis = Literal[
    "consent",
    "contract",
    "legal-obligation",
    "legitimate-interest",
    "vital-interest",
    "public-task",
]
PurposeKind = Literal[
    "service",
    "communication",
    "transaction",
    "delivery",
    "account",
    "personalisation",
    "marketing",
    "analytics",
    "research",
    "improvement",
    "recruitment",
    "publication",
    "security",
    "legal",
    "rights",
]
OPTIONAL_KINDS: frozenset[str] = frozenset(
    {"personalisation", "marketing", "analytics", "research"}
)
"""Kinds that a site can do without: an honoured privacy signal stops them unless told otherwise."""


class Purpose(NamedClause):
    """One purpose (GDPR articles 5(1)(b) and 6)."""

    says: Annotated[
        Text,
        Field(description="A verb phrase that ends “we use it to …”: `answer your requests`."),
    ]
    basis: Annotated[Basis, Field(description="Why it is lawful (GDPR article 6).")]
    kind: Annotated[
        PurposeKind,
        Field(description="What sort of use it is; exports and bans by kind go by it."),
    ] = "service"
    note: Annotated[
        Text | None,
        Field(description="More about it, told once where the purposes are listed."),
    ] = None
    refuse: Annotated[
        bool | None,
        Field(description="Whether people may object; by default where the basis allows it."),
    ] = None

    @property
    def may_object(self) -> bool:
        """Whether an objection stops it (GDPR article 21; consent can always be refused)."""
        if self.basis == "consent":
            return True
        if self.refuse is not None:
            return self.refuse
        return self.basis in ("legitimate-interest", "public-task")

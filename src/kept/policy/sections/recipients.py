"""`[recipients.<id>]`: everyone that data goes to, what they get, why, where, and when."""

from typing import Annotated, Literal

from pydantic import Field

from kept.policy.sections.named import NamedClause
from kept.policy.words import CategoryName, Host, Link, Many, Name, Place, Text

RecipientKind = Literal[
    "affiliate", "vendor", "reseller", "partner", "authority", "successor", "public"
]
Occasion = Literal["ordinary", "legal process", "protection", "merger", "sale"]
UNAFFILIATED: frozenset[str] = frozenset(
    {"vendor", "reseller", "partner", "authority", "successor", "public"}
)


class Recipient(NamedClause):
    """One recipient or group of them (UI-11, SC-17 to SC-23, SC-35, SC-40)."""

    kind: Annotated[RecipientKind, Field(description="What it is to the operator.")]
    says: Annotated[
        Text | None, Field(description="Who it is, as a noun phrase: `our parcel carrier`.")
    ] = None
    place: Annotated[Place | None, Field(description="Where it keeps and processes data.")] = None
    purposes: Annotated[
        Many[Name], Field(alias="for", min_length=1, description="The purposes it serves.")
    ]
    receives: Annotated[
        Many[CategoryName],
        Field(min_length=1, description="What it gets: categories or groups of them."),
    ]
    collections: Annotated[
        Many[Name],
        Field(alias="from", description="The collection points it may get from; none means all."),
    ] = ()
    occasion: Annotated[
        Occasion, Field(description="The event that lets it be given; ordinary means any time.")
    ] = "ordinary"
    condition: Annotated[Text | None, Field(description="What must hold, to end “only if …”.")] = (
        None
    )
    region: Annotated[
        Literal["same as yours"] | None,
        Field(description="Whether only a recipient in the person's own region may get it."),
    ] = None
    sector: Annotated[
        Literal["same as yours"] | None,
        Field(
            description="Whether only a recipient in the person's own line of work may get it; "
            "with `region`, either is enough."
        ),
    ] = None
    limits: Annotated[
        Text | None, Field(description="What it may not do with it, if more than the purposes say.")
    ] = None
    hosts: Annotated[
        Many[Host],
        Field(description="Its addresses: what a browser or the server may contact for it."),
    ] = ()
    policy_url: Annotated[Link | None, Field(description="Where its own policy stands.")] = None

    @property
    def affiliated(self) -> bool:
        """Whether it belongs to the operator."""
        return self.kind not in UNAFFILIATED

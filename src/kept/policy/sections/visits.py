"""`[visits]`: what is recorded while someone only looks, where, and for how long."""

from typing import Annotated, Final

from pydantic import Field

from kept.policy.sections.named import Keeping
from kept.policy.words import Leaf, Many, Name, Route, Text

VISITS: Final = "visits"
"""The name of the clause where data says by which point it came in."""


class Visits(Keeping):
    """The table `[visits]` (UI-04, UI-07, SC-07). Without it nothing is recorded."""

    collect: Annotated[Many[Leaf], Field(min_length=1, description="The categories recorded.")]
    routes: Annotated[
        Many[Route],
        Field(min_length=1, description="The pages on which: paths, a star for any rest."),
    ]
    purposes: Annotated[Many[Name], Field(alias="for", description="The purposes it serves.")] = ()
    says: Annotated[
        Text | None, Field(description="What it is for, in the policy's own words.")
    ] = None

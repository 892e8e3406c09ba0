"""What clauses share: a name of their own, and a declared keep."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from kept.policy.keep import Keep
from kept.policy.period import Period
from kept.policy.words import Clause, KeepText, Name, wrong

Event = Literal["purpose ends", "account closes", "request ends"]


class NamedClause(Clause):
    """A clause of a section that holds many: `[section.id]`."""

    id: Annotated[SkipJsonSchema[Name], Field(exclude=True)]
    """Its name, the key of its table."""


class Keeping(Clause):
    """A clause that says how long: `keep`, or `until`, or `keep` with a `statute`."""

    keep_written: Annotated[
        KeepText | None,
        Field(alias="keep", description='A period such as `2 years`, or `"indefinitely"`.'),
    ] = None
    until: Annotated[
        Event | None, Field(description="The event that ends the keep, in place of a period.")
    ] = None
    statute: Annotated[
        Name | None,
        Field(description="The legal duty in `[statutes]` that asks for `keep`."),
    ] = None

    @property
    def keep(self) -> Keep:
        """The declared keep."""
        if self.until:
            return Keep("event", event=self.until)
        period = self.keep_written if isinstance(self.keep_written, Period) else None
        if self.statute:
            return Keep("statutory", period=period, statute=self.statute)
        return Keep("period", period=period) if period else Keep("indefinitely")

    @model_validator(mode="after")
    def _one_keep(self) -> Self:
        if self.until and (self.keep_written or self.statute):
            raise wrong(
                "E021", "`until` beside `keep` or `statute`: a clause has one keep", "until"
            )
        if not self.until and self.keep_written is None:
            raise wrong("E020", "nothing says how long: `keep` or `until` is missing", "keep")
        if self.statute and not isinstance(self.keep_written, Period):
            raise wrong("E021", "`statute` needs the period that it asks for as `keep`", "statute")
        return self

"""The whole policy as one frozen value: every section, the file's text and its digest.

Rules: nothing here reads a file, a clock or a setting; two equal texts are one policy.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from kept._kit.digests import digest_of
from kept.policy.sections.collect import Collection
from kept.policy.sections.cookies import Cookie
from kept.policy.sections.disclosures import Aggregate, Combination, Disclosure, Embed
from kept.policy.sections.erasure import Backups, Erasure, Hold, Statute
from kept.policy.sections.meta import Meta
from kept.policy.sections.named import Keeping
from kept.policy.sections.never import MOST_BANS, Ban
from kept.policy.sections.notices import Breach, Notice
from kept.policy.sections.purposes import OPTIONAL_KINDS, Purpose
from kept.policy.sections.recipients import Recipient
from kept.policy.sections.rights import Right, RightName
from kept.policy.sections.signals import Age, Signals
from kept.policy.sections.texts import Contact, FreeText, Law, Safeguard, Terms
from kept.policy.sections.visits import VISITS, Visits
from kept.policy.words import EMPTY, Clause, Clauses, CookieName, Name, wrong


class Policy(Clause):
    """A policy that has been read and found well-formed. The key of each section is its name."""

    meta: Annotated[Meta, Field(alias="policy")]
    purposes: Clauses[Name, Purpose] = EMPTY
    collect: Clauses[Name, Collection] = EMPTY
    visits: Visits | None = None
    cookies: Clauses[CookieName, Cookie] = EMPTY
    recipients: Clauses[Name, Recipient] = EMPTY
    never: Clauses[Name, Ban] = EMPTY
    combine: Clauses[Name, Combination] = EMPTY
    disclosures: Clauses[Name, Disclosure] = EMPTY
    aggregates: Clauses[Name, Aggregate] = EMPTY
    embeds: Clauses[Name, Embed] = EMPTY
    rights: Clauses[RightName, Right] = EMPTY
    erasure: Erasure = Erasure()
    backups: Backups = Backups()
    holds: Clauses[Name, Hold] = EMPTY
    statutes: Clauses[Name, Statute] = EMPTY
    signals: Signals = Signals()
    age: Age | None = None
    safeguards: Clauses[Name, Safeguard] = EMPTY
    notices: Clauses[Name, Notice] = EMPTY
    breach: Breach | None = None
    contacts: Clauses[Name, Contact] = EMPTY
    texts: Annotated[Clauses[Name, FreeText], Field(alias="text")] = EMPTY
    terms: Terms | None = None
    law: Law | None = None
    text: Annotated[SkipJsonSchema[str], Field(alias="\0text", exclude=True, repr=False)] = ""
    """The file's text."""

    @model_validator(mode="after")
    def _few_bans(self) -> Self:
        if len(self.never) > MOST_BANS:
            raise wrong("E018", f"{len(self.never)} bans where {MOST_BANS} are the most", "")
        return self

    @property
    def digest(self) -> str:
        """BLAKE2b-256 of the file's text in UTF-8, in hex."""
        return digest_of(self.text)

    def keeping(self, point: str | None) -> Keeping | None:
        """The clause that says how long what comes in at `point` is kept; `visits` is one."""
        return self.visits if point == VISITS else self.collect.get(point or "")

    @property
    def stopped_by_signals(self) -> frozenset[str]:
        """The purposes that an honoured privacy signal stops."""
        if self.signals.stops:
            return frozenset(self.signals.stops)
        return frozenset(id for id, one in self.purposes.items() if one.kind in OPTIONAL_KINDS)

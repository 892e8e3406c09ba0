"""What all versions together say about one request, worked out once and shared.

Rules: "base and every version after it" is kept as ordinals. `low` is the earliest base from which
every version allows it; each `…_until` is the last version under which something is asked of the
facts (a consent, no objection, …), so a base at or before it is bound by it and a later one is not.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from kept.gate.asked import Request
from kept.gate.builtin import BUILT_IN, BuiltIn
from kept.gate.clauses import Clauses, covers, known_category
from kept.gate.decision import Decision, RuleHit, describe
from kept.gate.remains import CEASED, CONSENT, OBJECTED, RESTRICTED, SIGNALLED
from kept.gate.version import bans, granting, lifted_by_consent, refusals

NEVER: Final = -1
"""As an `…_until`: no version asks it."""

Versions = Sequence[tuple[int, Clauses]]


class Entry:
    """One request, compiled. `closed` is the answer where no facts can change it."""

    __slots__ = (
        "age_until",
        "allowed",
        "bit",
        "built_in",
        "ceased_until",
        "clauses",
        "closed",
        "consent_until",
        "denials",
        "high",
        "low",
        "met_until",
        "objection_until",
        "places_until",
        "request",
        "restricted_until",
        "signal_until",
    )

    def __init__(self, request: Request, versions: Versions, bit: int | None) -> None:
        self.request = request
        self.bit = 0 if bit is None else 1 << bit
        self.high = versions[-1][0]
        self.low = versions[0][0]
        self.built_in: BuiltIn | None = BUILT_IN.get(request.purpose)
        self.consent_until = self.objection_until = NEVER
        self.restricted_until = self.ceased_until = NEVER
        self.signal_until: dict[str, int] = {}
        self.met_until: dict[str, int] = {}
        self.age_until: dict[int, int] = {}
        self.places_until: tuple[tuple[int, tuple[str, ...]], ...] = ()
        self.denials: dict[tuple[RuleHit, ...], Decision] = {}
        self.clauses: tuple[str, ...] = ()
        denied = self._built_in(versions) if self.built_in else self._policy(versions)
        self.closed = self._denial(denied) if denied else None
        self.allowed = Decision(True, self._passes(), (), request)

    def denial(self, hits: tuple[RuleHit, ...]) -> Decision:
        """The shared denial for these refusals (there are few: one per set of failing rules)."""
        known = self.denials.get(hits)
        if known is None:
            known = self.denials.setdefault(hits, self._denial(hits))
        return known

    def _denial(self, hits: tuple[RuleHit, ...]) -> Decision:
        return Decision(False, hits, tuple(dict.fromkeys(map(missing, hits))), self.request)

    def _built_in(self, versions: Versions) -> tuple[RuleHit, ...]:
        """The row of `kept.gate.builtin`, and rule 2 where that row says so; nothing else."""
        asked, row = self.request, self.built_in
        if (
            row is None
            or asked.recipient is not None
            or not any(
                covers(one, asked.category) for one in row.categories.get(asked.operation, ())
            )
        ):
            return (RuleHit(1, False, "", f"`{asked.purpose}` may not {describe(asked)}"),)
        if not known_category(asked.category):
            return (RuleHit(1, False, "", f"unknown category `{asked.category}`"),)
        self.clauses = (asked.purpose,)
        return tuple(bans(versions[-1][1], asked)) if row.bound_by_bans else ()

    def _policy(self, versions: Versions) -> tuple[RuleHit, ...]:
        denied = refusals(versions[-1][1], self.request)
        if denied:
            return denied
        if not self.bit:
            return (RuleHit(1, False, "", f"`{self.request.purpose}` has no bit for choices"),)
        for ordinal, version in reversed(versions):
            if refusals(version, self.request):
                break
            self.low = ordinal
        for ordinal, version in versions:
            if ordinal >= self.low:
                self._ask(ordinal, version)
        self.clauses = tuple(
            sorted(point.clause for point in granting(versions[-1][1], self.request))
        )
        return ()

    def _ask(self, ordinal: int, version: Clauses) -> None:
        """Note what this version asks of the facts. Later versions overwrite: ordinals ascend."""
        request = self.request
        purpose, operation = version.purposes[request.purpose], request.operation
        by_consent = purpose.basis == CONSENT or bool(lifted_by_consent(version, request))
        if by_consent:
            self.consent_until = ordinal
        if operation not in OBJECTED[purpose.may_object or by_consent]:
            self.objection_until = ordinal
        if operation not in RESTRICTED.get(purpose.basis, frozenset()):
            self.restricted_until = ordinal
        if operation not in CEASED.get(purpose.basis, frozenset()):
            self.ceased_until = ordinal
        if purpose.stopped_by_signals and operation not in SIGNALLED[purpose.basis == CONSENT]:
            self.signal_until.update(dict.fromkeys(version.honoured, ordinal))
        recipient = version.recipients.get(request.recipient or "")
        if recipient is not None:
            self.met_until.update(dict.fromkeys(recipient.conditions, ordinal))
        if version.minimum_age:
            self.age_until[version.minimum_age] = ordinal
        if version.places:
            self.places_until = (*self.places_until, (ordinal, version.places))

    def _passes(self) -> tuple[RuleHit, ...]:
        if self.built_in:
            return (RuleHit(1, True, self.request.purpose, f"built in: {self.built_in.says}"),)
        since = "every version" if self.low == 0 else f"every version from {self.low} on"
        return (
            RuleHit(1, True, "", "all that it names is declared"),
            RuleHit(2, True, "", "no ban applies"),
            *(RuleHit(4, True, clause, f"{since} allows it") for clause in self.clauses),
            RuleHit(5, True, f"purposes.{self.request.purpose}", "no choice stands against it"),
        )


_MISSING: Final[Mapping[int, str]] = {
    0: "a question that can be decided",
    1: "a declaration in the policy",
    2: "nothing: what is never done cannot be permitted",
    3: "the minimum age",
    4: "a clause that allows it in every version since the data was given",
    5: "a choice of the person that allows it",
    6: "a browser signal that does not stop it",
    7: "a declared place, and the recipient's conditions established",
}


def missing(hit: RuleHit) -> str:
    """What would have to be there for this rule to pass."""
    return f"{_MISSING[hit.rule]} ({hit.says})"

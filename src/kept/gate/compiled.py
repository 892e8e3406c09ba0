"""The gate: policy versions compiled into tables, and the questions one can ask of them.

Rules: decisions are shared, built once and immutable; one costs a look-up and a mask; no I/O; what
is asked for the first time is worked out by the plain rules in `decide.py`, and the quick way is
only ever a quicker way to what they said of the same choices.
"""

from collections.abc import Iterable, Mapping, Sequence
from sys import maxsize
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import msgspec

from kept.gate import combining
from kept.gate import decide as rules
from kept.gate.asked import USE, Facts, Request
from kept.gate.builtin import BUILT_IN
from kept.gate.clauses import Clauses, read
from kept.gate.codes import VERSIONS, GateError
from kept.gate.decision import Decision
from kept.gate.entry import Entry
from kept.gate.predicate import Predicate, of_entry
from kept.gate.terms import Terms
from kept.gate.version import lifted_by_consent

if TYPE_CHECKING:
    from kept.policy import Policy

MOST_BITS: Final = 63
"""Bits of a signed 64-bit column that are free for purposes: 0..62."""
MOST_REMEMBERED: Final = 1 << 15
"""Requests remembered at most: more than a large site asks, less than would fill the memory."""
_NO_FACTS: Final = Facts()

_NOBODY: Final = -maxsize
"""As the highest base: the rules are asked each time."""
_NO_CONSENT: Final = 1
_OBJECTED: Final = 2
_RESTRICTED: Final = 4
_CEASED: Final = 8
_EARLIER: Final = 16

_Open = tuple[int, int, int, int, int, int, int, list[Decision | None], Entry]
"""What the quick way looks at: lowest and highest base, four `…_until`, the bit, and one answer for
each of the ways in which base and choices can stand against it (the first, for none, is yes)."""


class Gate:
    """What the policy versions up to the one in force allow."""

    __slots__ = ("_bits", "_clauses", "_known", "_policies", "_unknown", "versions")

    def __init__(
        self,
        clauses: Sequence[tuple[int, Clauses]],
        bits: Mapping[str, int],
        policies: Sequence[tuple[int, "Policy"]] = (),
    ) -> None:
        _check(clauses, bits)
        self._clauses = tuple(clauses)
        self._policies = tuple(policies)
        self._bits = MappingProxyType(dict(bits))
        self.versions = tuple(ordinal for ordinal, _ in clauses)
        """The ordinals compiled, ascending; the last one is in force."""
        self._unknown = frozenset(range(self.versions[0], self.versions[-1])) - {*self.versions}
        self._known: dict[Request, Decision | _Open] = {}

    @property
    def in_force(self) -> tuple[int, "Policy"]:
        """The version in force: its ordinal and its policy."""
        return self._policies[-1]

    @property
    def policies(self) -> tuple[tuple[int, "Policy"], ...]:
        """Every version, oldest first: its ordinal and its policy."""
        return self._policies

    @property
    def purposes(self) -> frozenset[str]:
        """The purposes of the version in force."""
        return frozenset(self._clauses[-1][1].purposes)

    def bit(self, purpose: str) -> int:
        """The place (0..62) of a purpose in the masks of choices; `KeyError` if it has none."""
        return self._bits[purpose]

    def mask(self, purposes: Iterable[str]) -> int:
        """The mask of these purposes. Raises `KeyError` for one without a bit."""
        whole = 0
        for purpose in purposes:
            whole |= 1 << self._bits[purpose]
        return whole

    def purposes_in(self, mask: int) -> tuple[str, ...]:
        """The purposes that a mask holds, those of earlier versions included."""
        return tuple(one for one, bit in self._bits.items() if mask >> bit & 1)

    def decide(self, request: Request, facts: Facts) -> Decision:
        """Decide. Never raises: what cannot be decided is denied, and the decision says so."""
        try:
            try:
                known = self._known[request]
            except KeyError:
                return self._learn(request, facts)
            if type(known) is Decision:  # no facts can change it
                return known
            low, high, consent, objection, restricted, ceased, bit, answers, entry = known
            base = facts.base
            if (
                base is None
                or base > high
                or facts.age is not None
                or facts.place is not None
                or facts.signals
            ):
                return rules.decide(entry, facts, self._unknown)
            choices = 0 if facts.consented & bit or base > consent else _NO_CONSENT
            if facts.objected & bit and base <= objection:
                choices += _OBJECTED
            if facts.restricted is not False and base <= restricted:
                choices += _RESTRICTED
            if facts.ceased is not False and base <= ceased:
                choices += _CEASED
            if base < low:
                choices += _EARLIER
            answer = answers[choices]
            if answer is None:
                answer = answers[choices] = rules.decide(entry, facts, self._unknown)
        except Exception as problem:  # whatever it is: an error denies
            return rules.error(request, problem)
        return answer

    def predicate(
        self,
        purpose: str,
        category: str,
        *,
        operation: str = USE,
        collection: str | None = None,
        recipient: str | None = None,
        occasion: str | None = None,
        moment: Facts = _NO_FACTS,
    ) -> Predicate:
        """Give the same decision as a condition on rows: which subjects' data may be used.

        `moment` gives what is not in the rows (age, signals, place, conditions met); its base and
        choices are not looked at.
        """
        request = Request(operation, category, purpose, collection, recipient, occasion)
        return of_entry(self._entry(request), moment, self._unknown)

    def lifted_by_consent(self, request: Request, base: int | None) -> tuple[str, ...]:
        """The bans that only the person's own prior consent lifts, for data under `base`.

        Whoever shares must know that the consent they rely on was given to this very sharing.
        """
        found: dict[str, None] = {}
        for ordinal, version in self._clauses:
            if base is None or ordinal >= base:
                found.update(dict.fromkeys(lifted_by_consent(version, request)))
        return tuple(found)

    def decide_giving(self, request: Request, facts: Facts, terms: Terms) -> Decision:
        """Decide a sharing on its terms; `request` names no occasion, `facts` no conditions."""
        asked = msgspec.structs.replace(request, occasion=terms.occasion)
        known = msgspec.structs.replace(facts, met=terms.met)
        if self.lifted_by_consent(asked, known.base):
            bit = self.mask([asked.purpose]) if asked.purpose in self._bits else 0
            given = asked.category in terms.permitted
            consented = known.consented | bit if given else known.consented & ~bit
            known = msgspec.structs.replace(known, consented=consented)
        return self.decide(asked, known)

    def may_combine(self, left: str, right: str, purpose: str) -> Decision:
        """May these two categories, gathered apart, be put together? Default deny; a ban wins."""
        return combining.decide([one for _, one in self._clauses], left, right, purpose)

    def _entry(self, request: Request) -> Entry:
        return Entry(request, self._clauses, self._bits.get(request.purpose))

    def _learn(self, request: Request, facts: Facts) -> Decision:
        """Compile a request that was not asked before, and answer it."""
        entry = self._entry(request)
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        if entry.closed is not None:
            self._known[request] = entry.closed
        else:
            quick = not (entry.built_in or entry.met_until or self._unknown)
            self._known[request] = (
                entry.low,
                entry.high if quick else _NOBODY,
                entry.consent_until,
                entry.objection_until,
                entry.restricted_until,
                entry.ceased_until,
                entry.bit,
                [entry.allowed, *[None] * 31],
                entry,
            )
        return rules.decide(entry, facts, self._unknown)


def compile(versions: "Sequence[tuple[int, Policy]]", bits: Mapping[str, int]) -> Gate:
    """The gate of these (ordinal, policy), ascending; the last one is in force.

    `bits` gives each purpose its place (0..62) in the masks of choices. Raises `GateError` G006.
    """
    return Gate([(ordinal, read(policy)) for ordinal, policy in versions], bits, versions)


def _check(clauses: Sequence[tuple[int, Clauses]], bits: Mapping[str, int]) -> None:
    ordinals = [ordinal for ordinal, _ in clauses]
    if not ordinals:
        raise GateError(VERSIONS, "there is no version")
    if ordinals != sorted(set(ordinals)) or ordinals[0] < 0:
        raise GateError(VERSIONS, f"the ordinals {ordinals} do not ascend from 0 on")
    if len(set(bits.values())) != len(bits):
        raise GateError(VERSIONS, "two purposes share a bit")
    for purpose, bit in bits.items():
        if purpose in BUILT_IN:
            raise GateError(VERSIONS, f"`{purpose}` is built in and takes no choices")
        if not 0 <= bit < MOST_BITS:
            raise GateError(VERSIONS, f"`{purpose}` has bit {bit}, outside 0 to {MOST_BITS - 1}")
    for ordinal, version in clauses:
        for purpose in version.purposes:
            if purpose in BUILT_IN:
                raise GateError(VERSIONS, f"version {ordinal} declares the built-in `{purpose}`")

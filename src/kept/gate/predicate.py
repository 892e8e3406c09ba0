"""The decision as a condition on rows: "whom may we send news?" without asking one by one.

Rules: neutral (ordinals, masks, flags; no SQL, no Django); every condition is a positive one, so
that an unknown value (SQL's NULL) never counts as permission; `matches` is its plain meaning, and
tests hold it equal to `decide` and to the database's answer.
"""

import msgspec

from kept.gate import decide as rules
from kept.gate.asked import Facts
from kept.gate.entry import Entry


class Predicate(msgspec.Struct, frozen=True):
    """Which rows: all conditions together. `base` is the ordinal that a row's data stands under."""

    nothing: bool
    """True: no row at all; the rest is then not looked at."""
    everything: bool
    """True: every row, whatever its base and choices (a built-in purpose)."""
    base_from: int
    """`base >= base_from`, and …"""
    base_to: int
    """`base <= base_to` (a later ordinal is not known here)."""
    unknown: tuple[int, ...]
    """Ordinals between the two that are not known: `base` is none of them."""
    bit: int
    """The purpose's bit as a mask with one bit set."""
    consent_until: int
    """`base > consent_until or consented & bit != 0`; -1: no consent needed."""
    objection_until: int
    """`base > objection_until or objected & bit = 0`."""
    restricted_until: int
    """`base > restricted_until or restricted = false`."""
    ceased_until: int
    """`base > ceased_until or ceased = false`."""

    def matches(self, facts: Facts) -> bool:
        """What the condition means for one row, `None` being an unknown base."""
        if self.nothing or self.everything:
            return self.everything
        base = facts.base
        return (
            base is not None
            and self.base_from <= base <= self.base_to
            and base not in self.unknown
            and (base > self.consent_until or facts.consented & self.bit != 0)
            and (base > self.objection_until or facts.objected & self.bit == 0)
            and (base > self.restricted_until or facts.restricted is False)
            and (base > self.ceased_until or facts.ceased is False)
        )


def of_entry(entry: Entry, moment: Facts, unknown: frozenset[int]) -> Predicate:
    """The condition of a compiled request, with what is known of the moment settled beforehand.

    What the moment denies up to some version (a signal, an age) only raises the earliest base.
    """
    built_in = entry.built_in is not None
    low = max(entry.low, 1 + rules.moment_denies_until(entry, moment))
    nothing = entry.closed is not None or (not built_in and low > entry.high)
    if built_in and not nothing:
        nothing = not rules.decide(entry, moment, unknown).allowed
    return Predicate(
        nothing=nothing,
        everything=built_in and not nothing,
        base_from=low,
        base_to=entry.high,
        unknown=tuple(sorted(ordinal for ordinal in unknown if low <= ordinal <= entry.high)),
        bit=entry.bit,
        consent_until=entry.consent_until,
        objection_until=entry.objection_until,
        restricted_until=entry.restricted_until,
        ceased_until=entry.ceased_until,
    )

"""A promise: one sentence of the policy, what it takes to be true, and who keeps it.

Rules: promises are derived from the policy and the installed keepers, never listed by hand; every
sentence is one, statements in the operator's own words included (they are promised to stand posted
as worded).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from kept.policy import Policy
from kept.policy.prose import document
from kept.promises import keeping
from kept.promises.needs import needs


@dataclass(frozen=True, slots=True)
class Promise:
    """One sentence."""

    id: str
    """The id of its clause, such as `collect.inquiry`."""
    sentence: str
    needs: tuple[str, ...]
    """The abilities that must be there and must be proven."""
    keepers: tuple[str, ...]
    """The installed keepers that have them, by name."""
    policy: Policy
    """The version that makes it."""

    @property
    def section(self) -> str:
        """The section of the policy: `collect`."""
        return self.id.partition(".")[0]

    @property
    def clause(self) -> str:
        """The clause in its section: `inquiry`; empty for the section itself."""
        return self.id.partition(".")[2]


def promises(policy: Policy) -> tuple[Promise, ...]:
    """Every promise of `policy`, in the order of its prose."""
    needed = needs(policy)
    able = keeping.keepers()
    return tuple(
        Promise(
            id=one.id,
            sentence=str(one.text),
            needs=tuple(sorted(needed[one.id])),
            keepers=_keepers(needed[one.id], able),
            policy=policy,
        )
        for one in document(policy).sentences
    )


def _keepers(needed: frozenset[str], able: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    return tuple(name for name, abilities in able.items() if abilities & needed)

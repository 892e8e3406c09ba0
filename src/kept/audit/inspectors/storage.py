"""Local and session storage, IndexedDB and caches that the policy does not name or that must wait.

Rules: local and session storage are declared as cookies are, with `storage`; the policy language
has no word for IndexedDB and caches, so they cannot be declared at all.
"""

from collections.abc import Iterator

from kept.audit.evidence import Evidence
from kept.audit.findings import Finding
from kept.audit.inspectors import declared
from kept.policy import Policy


def inspect(policy: Policy, evidence: Evidence) -> Iterator[Finding]:
    """One finding for each item, in all states together."""
    for seen in evidence.each():
        for one in seen.stored:
            clause = declared.cookie(policy, one.name, one.where)
            where = (f"{one.where} of {one.origin}: {one.name}",)
            if clause is None:
                says = f"“{one.name}” is kept in {one.where}, and no clause of the policy names it."
                yield Finding(
                    "storage-undeclared", one.name, "cookies", says, (seen.state,), (), where
                )
            elif clause.opt_in and seen.state in declared.WITHOUT_CHOICE:
                says = f"“{one.name}” is optional; it is kept in {one.where} without a choice."
                yield Finding(
                    "storage-without-choice",
                    one.name,
                    f"cookies.{clause.id}",
                    says,
                    (seen.state,),
                    (),
                    where,
                )

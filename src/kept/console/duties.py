"""Who may do what in the console: operators everything, officers privacy, auditors look.

Rules: an operator runs the site; a privacy officer sees what concerns people's rights and acts on
it, and opens nothing else; an auditor sees pages that open nothing about anybody, and changes
nothing. A place that is not listed is the operator's.
"""

from typing import Final

from kept.keepers.accounts.models import Role

LOOKED_AT: Final = frozenset(
    {"home", "promises", "data", "consents", "retention", "visits", "stopped", "schedule"}
)
"""Places that open no personal data."""
OFFICERS: Final = LOOKED_AT | {"requests", "disclosures", "letters", "mail"}


def may(role: str, place: str, *, acting: bool = False) -> bool:
    """Whether staff of that role see the place; where `acting`, whether they may change it."""
    if role == Role.OPERATOR:
        return True
    if role == Role.OFFICER:
        return place in OFFICERS
    return not acting and place in LOOKED_AT

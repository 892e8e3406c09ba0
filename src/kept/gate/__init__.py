"""The decision: may this be done with these data, for this purpose, by this person? Pure Python.

The one question is `Gate.decide(Request, Facts) -> Decision`; `decide_right` answers for rights.
`purpose(…)` says why data is opened now; `Sealed` is what stands where nothing may be seen.
Imports no Django: the apps above wire what is in force (`wire`) and open scopes (middleware).
"""

from kept.gate.actor import SYSTEM, VISITOR, Actor
from kept.gate.asked import COLLECT, ERASE, OPERATIONS, SHARE, STORE, USE, Facts, Request
from kept.gate.builtin import BUILT_IN, MAINTAIN, OPERATE, OWN_DATA, SIGN_IN
from kept.gate.clauses import covers
from kept.gate.codes import GateError
from kept.gate.compiled import Gate, compile
from kept.gate.decision import Decision, RuleHit
from kept.gate.lease import MAX_ROWS, MAX_SECONDS, Lease
from kept.gate.marks import PurposeMixin, for_purpose, purpose_of, purpose_urls
from kept.gate.predicate import Predicate
from kept.gate.rights import Held, decide_right
from kept.gate.scope import Scope, current, entered, entered_last, purpose
from kept.gate.sealed import Sealed, SealedError, Withheld, word_for_withheld
from kept.gate.terms import Terms
from kept.gate.wired import in_force, only_for_testing_in_force, wire

__all__ = [
    "BUILT_IN",
    "COLLECT",
    "ERASE",
    "MAINTAIN",
    "MAX_ROWS",
    "MAX_SECONDS",
    "OPERATE",
    "OPERATIONS",
    "OWN_DATA",
    "SHARE",
    "SIGN_IN",
    "STORE",
    "SYSTEM",
    "USE",
    "VISITOR",
    "Actor",
    "Decision",
    "Facts",
    "Gate",
    "GateError",
    "Held",
    "Lease",
    "Predicate",
    "PurposeMixin",
    "Request",
    "RuleHit",
    "Scope",
    "Sealed",
    "SealedError",
    "Terms",
    "Withheld",
    "compile",
    "covers",
    "current",
    "decide_right",
    "entered",
    "entered_last",
    "for_purpose",
    "in_force",
    "only_for_testing_in_force",
    "purpose",
    "purpose_of",
    "purpose_urls",
    "wire",
    "word_for_withheld",
]

"""The gate's error codes, registered once. A denial is no error: it is a `Decision`."""

from kept._kit.errors import KeptError, code

SEALED = code(
    "G001",
    "A sealed value was used outside a purpose scope",
    do='say what it is for: mark the view with @for_purpose, or write `with kept.purpose("…"):`',
)
WITHHELD = code(
    "G002",
    "A sealed value was used where the gate denies it",
    do="use another purpose only if it is the true one; `decision.explain()` says what is missing",
)
WIDENED = code(
    "G003",
    "A scope inside another asks for more than the outer one",
    do="end the outer scope first, or ask for the same purpose with a narrower recipient",
)
UNWIRED = code(
    "G004",
    "No gate is in force",
    do="adopt a policy first, or wire a gate (kept.gate.wire)",
)
MARKED = code(
    "G005",
    "A view cannot carry this mark",
    do="mark a function or a class once, with one purpose",
)
VERSIONS = code(
    "G006",
    "These versions cannot be compiled",
    do="give (ordinal, policy) in ascending order without gaps, and each purpose one bit (0..62)",
)
OVER = code(
    "G007",
    "A scope that is closed was used again",
    do="open a new scope: keys and choices are then read anew",
)


class GateError(KeptError):
    """A mistake in how the gate is used (never a denial: a denial is a `Decision`)."""

"""The gate's answer: an object with its reasons, never a bare bool.

Rules: immutable and shared; `bool(decision)` raises, so that `if decide(…):` cannot pass for a
check; it holds no personal data, so it may be logged and shown.
"""

from typing import NoReturn, final

import msgspec

from kept.gate.asked import Request


class RuleHit(msgspec.Struct, frozen=True):
    """One rule that spoke: its number (1..7, or 0 for an error), the clause, and in words."""

    rule: int
    allows: bool
    clause: str
    """Clause id such as `collect.inquiry` or `never.sell`; empty where no clause is to blame."""
    says: str


@final
class Decision(msgspec.Struct, frozen=True):
    """Allowed or not, the rules that decided, what is missing, and what was asked."""

    allowed: bool
    rules: tuple[RuleHit, ...]
    missing: tuple[str, ...]
    """What would have to be there for the answer to be yes, in plain words."""
    request: Request

    def __bool__(self) -> NoReturn:
        """Refuse: `.allowed` is read instead, so that nobody tests the object by mistake."""
        raise TypeError("a Decision has no truth value; read `.allowed`")

    def explain(self) -> str:
        """Give readable lines: the answer, what was asked, each rule, what is missing."""
        lines = [f"{'allowed' if self.allowed else 'denied'}: {describe(self.request)}"]
        for hit in self.rules:
            clause = f" [{hit.clause}]" if hit.clause else ""
            verb = "passes" if hit.allows else "denies"
            lines.append(f"  rule {hit.rule} {verb}{clause}: {hit.says}")
        lines += [f"  missing: {what}" for what in self.missing]
        return "\n".join(lines)


def describe(request: Request) -> str:
    """The request in one line, e.g. `use contact.email for news (collected by inquiry)`."""
    line = f"{request.operation} {request.category} for {request.purpose}"
    if request.collection is not None:
        line += f" (collected by {request.collection})"
    if request.recipient is not None:
        line += f" to {request.recipient}"
    return line

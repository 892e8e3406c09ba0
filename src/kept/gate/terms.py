"""The terms of one act of giving data away: the occasion, what was established, what was permitted.

Rules: what is not established is not met; where a ban is lifted by consent only, the consent that
counts is the person's permission for this recipient, purpose and category, never the one to the
purpose alone, which is asked besides.
"""

import msgspec


class Terms(msgspec.Struct, frozen=True):
    """What a scope that gives data to a recipient was opened with."""

    occasion: str | None = None
    """What happened that lets it be given; `None`: the ordinary."""
    met: frozenset[str] = frozenset()
    """Conditions of the recipient's clause that hold: `condition`, `region`, `sector`."""
    permitted: frozenset[str] = frozenset()
    """Categories that the person permitted this recipient to get for this purpose."""

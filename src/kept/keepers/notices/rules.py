"""When going on using the site counts as agreeing. No database, no clock, no request.

1. The person is signed in.
2. They were shown the change on a page, before this request.
3. The version is in force.
4. This request is a deliberate one for a page: typed, clicked or sent by a person (the browser says
   so), not by a script, a prefetch or a beacon, and it got its page.
5. It is not for a page on which people look after their rights: those bind nobody.
6. Every version that binds the person so far, up to the new one, says that continued use counts;
   the new version cannot say so for itself.

Rules: all of them, or it does not count; what a browser does not say does not count.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kept.policy import Policy

CONTINUED_USE = "continued use"


@dataclass(frozen=True, slots=True)
class Use:
    """One request, as far as it matters."""

    signed_in: bool
    shown_before: bool
    in_force: bool
    deliberate: bool
    about_rights: bool
    counts: bool
    """Every version since the one that binds the person says that continued use counts."""


def agrees(use: Use) -> bool:
    """Whether it is an agreement."""
    return (
        use.signed_in
        and use.shown_before
        and use.in_force
        and use.deliberate
        and not use.about_rights
        and use.counts
    )


def is_deliberate(method: str, headers: Mapping[str, str]) -> bool:
    """Whether a person asked for a page (W3C Fetch Metadata; `headers` in any case)."""
    told = {name.lower(): value.lower() for name, value in headers.items()}
    prefetched = any(
        "prefetch" in told.get(name, "") or "prerender" in told.get(name, "")
        for name in ("sec-purpose", "purpose", "x-moz")
    )
    return (
        method in ("GET", "POST")
        and told.get("sec-fetch-mode") == "navigate"
        and told.get("sec-fetch-dest") == "document"
        and told.get("sec-fetch-user") == "?1"
        and not prefetched
    )


def continued_use_counts(since: Sequence[Policy]) -> bool:
    """`since`: the policy that binds the person, and every later one up to the new one."""
    return all(one.meta.agreement == CONTINUED_USE for one in since)


def reaches_earlier_data(since: Sequence[Policy]) -> bool:
    """Whether continued use holds for what was collected before, too."""
    return all(one.meta.retroactive == CONTINUED_USE for one in since)

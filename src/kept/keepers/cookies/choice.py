"""A visitor's choice about optional cookies: what they accepted, and whether they were asked.

Rules (UI-06; Todd Snyder, Condé Nast): no choice is a refusal; the choice stands in one necessary
cookie that holds no personal data; it counts for exactly the declaration it was made about, so the
question comes back only when that changes; a choice that cannot be read is no choice.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Final

from kept import policy
from kept._kit import canonical

NAME: Final = "cookie-choice"
"""The cookie that remembers the choice; the policy has to declare it where anything is optional."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen: `made` is False before any choice and after the declaration changed."""

    made: bool
    accepted: frozenset[str] = frozenset()
    """Ids of the accepted clauses."""


NONE: Final = Choice(made=False)


@lru_cache(maxsize=64)
def optional(declared: policy.Policy) -> tuple[policy.Cookie, ...]:
    """The cookies that wait for a choice, in the policy's order."""
    return tuple(one for one in declared.cookies.values() if one.opt_in)


@lru_cache(maxsize=64)
def stamp(declared: policy.Policy) -> str:
    """Names the declaration of optional cookies: changes with what a person would be asked."""
    asked = [
        [one.id, one.says, one.longest.kind, str(one.longest.period or ""), sorted(one.purposes)]
        for one in optional(declared)
    ]
    return hashlib.blake2b(canonical.dumps(asked), digest_size=6).hexdigest()


def write(accepted: Iterable[str], declared: policy.Policy) -> str:
    """The cookie's value: the declaration's stamp and one bit for each optional cookie."""
    wanted = set(accepted)
    bits = sum(1 << n for n, one in enumerate(optional(declared)) if one.id in wanted)
    return f"{stamp(declared)}-{bits:x}"


def read(value: str | None, declared: policy.Policy) -> Choice:
    """The choice in a cookie's value."""
    about, _dash, written = (value or "").partition("-")
    if about != stamp(declared) or not 0 < len(written) <= 32:  # noqa: PLR2004 - 128 cookies
        return NONE
    try:
        bits = int(written, 16)
    except ValueError:
        return NONE
    chosen = (one.id for n, one in enumerate(optional(declared)) if bits >> n & 1)
    return Choice(made=True, accepted=frozenset(chosen))


def clause_of(name: str, declared: policy.Policy) -> policy.Cookie | None:
    """The clause of a cookie: the one of its name, else the first whose pattern it fits."""
    if name in declared.cookies:
        return declared.cookies[name]
    patterns = (one for one in declared.cookies.values() if "*" in one.id)
    return next((one for one in patterns if fnmatchcase(name, one.id)), None)


def unwanted(names: Iterable[str], choice: Choice, declared: policy.Policy) -> tuple[str, ...]:
    """Those of `names` that are optional and not accepted: what a browser still has of them."""
    found = []
    for name in names:
        clause = clause_of(name, declared)
        if clause is not None and clause.opt_in and clause.id not in choice.accepted:
            found.append(name)
    return tuple(found)

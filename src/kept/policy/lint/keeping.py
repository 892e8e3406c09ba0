"""Periods that cannot all hold: rotation and residue, deadlines and delays, keeps of one duty."""

from collections.abc import Iterator

from kept.policy.model import Policy
from kept.policy.period import Period
from kept.policy.positions import Path
from kept.policy.problems import Problem, Where


def problems(policy: Policy, where: Where) -> Iterator[Problem]:
    """E032, E038, E039."""
    erasure = policy.erasure
    if erasure.rotate and erasure.rotate.rough_days > erasure.residue.rough_days:
        message = (
            f"keys rotate every `{erasure.rotate}`, later than the residue of {erasure.residue}"
        )
        yield where.error("E032", message, ("erasure", "rotate"), word=str(erasure.rotate))
    right = policy.rights.get("erase")
    if right and right.within and erasure.delay.rough_days > right.within.rough_days:
        message = f"erasing waits {erasure.delay} though it is done within `{right.within}`"
        yield where.error("E038", message, ("rights", "erase", "within"), word=str(right.within))
    yield from _duties(policy, where)


def _duties(policy: Policy, where: Where) -> Iterator[Problem]:
    first: dict[str, Period] = {}
    clauses: list[tuple[Path, str | None, Period | None]] = [
        (("collect", id, "keep"), one.statute, one.keep.period)
        for id, one in policy.collect.items()
    ]
    if policy.visits:
        clauses.append((("visits", "keep"), policy.visits.statute, policy.visits.keep.period))
    for path, statute, period in clauses:
        if statute and period and first.setdefault(statute, period) != period:
            message = f"`{statute}` asks for {first[statute]} elsewhere, here for `{period}`"
            yield where.error("E039", message, path, word=str(period))

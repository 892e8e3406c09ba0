"""Every name that a clause uses is declared: purposes, recipients, points, contacts, holds, duties."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kept.policy.model import Policy
from kept.policy.positions import Path
from kept.policy.problems import Problem, Where
from kept.policy.words import short


def problems(policy: Policy, where: Where) -> Iterator[Problem]:
    """E014 to E017: names that no clause declares."""
    for path, used in _purposes(policy):
        yield from _unknown("E014", "purpose", path, used, policy.purposes, where)
    for id, disclosure in policy.disclosures.items():
        path = ("disclosures", id, "to")
        yield from _unknown(
            "E015", "recipient", path, disclosure.recipients, policy.recipients, where
        )
    for id, recipient in policy.recipients.items():
        path = ("recipients", id, "from")
        points = {**policy.collect, "visits": None} if policy.visits else policy.collect
        yield from _unknown("E016", "collection point", path, recipient.collections, points, where)
    for id, right in policy.rights.items():
        if right.contact:
            path = ("rights", id, "contact")
            yield from _unknown("E017", "contact", path, (right.contact,), policy.contacts, where)
        path = ("rights", id, "except")
        yield from _unknown("E017", "hold", path, right.except_, policy.holds, where)
    for id, point in policy.collect.items():
        if point.statute:
            path = ("collect", id, "statute")
            yield from _unknown("E017", "statute", path, (point.statute,), policy.statutes, where)
    if policy.visits and policy.visits.statute:
        used = (policy.visits.statute,)
        yield from _unknown("E017", "statute", ("visits", "statute"), used, policy.statutes, where)


def _purposes(policy: Policy) -> Iterator[tuple[Path, tuple[str, ...]]]:
    sections: tuple[tuple[str, Mapping[str, Any]], ...] = (
        ("collect", policy.collect),
        ("cookies", policy.cookies),
        ("recipients", policy.recipients),
        ("combine", policy.combine),
        ("aggregates", policy.aggregates),
    )
    for section, clauses in sections:
        for id, clause in clauses.items():
            yield (section, id, "for"), clause.purposes
    if policy.visits:
        yield ("visits", "for"), policy.visits.purposes
    for id, ban in policy.never.items():
        if ban.purpose:
            yield ("never", id, "purpose"), (ban.purpose,)
    yield ("signals", "stops"), policy.signals.stops


def _unknown(
    code: str,
    what: str,
    path: Path,
    used: Iterable[str],
    known: Mapping[str, Any],
    where: Where,
) -> Iterator[Problem]:
    for index, word in enumerate(used):
        if word not in known:
            message = f"unknown {what} `{short(word)}`"
            yield where.error(code, message, (*path, index), word=word, among=known)

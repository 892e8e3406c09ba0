"""Every name that a clause uses is declared: purposes, recipients, points, contacts, duties."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kept.policy.model import Policy
from kept.policy.positions import Path
from kept.policy.problems import Problem, Where
from kept.policy.words import short


@dataclass(frozen=True, slots=True)
class Words:
    """Names that a clause uses, and where they stand."""

    where: Where
    path: Path
    words: tuple[str, ...]


def problems(policy: Policy, where: Where) -> Iterator[Problem]:
    """E014 to E017: names that no clause declares."""
    for path, used in _purposes(policy):
        yield from _unknown("E014", "purpose", Words(where, path, used), policy.purposes)
    for id, disclosure in policy.disclosures.items():
        words = Words(where, ("disclosures", id, "to"), disclosure.recipients)
        yield from _unknown("E015", "recipient", words, policy.recipients)
    points = {*policy.collect, "visits"} if policy.visits else policy.collect.keys()
    for id, recipient in policy.recipients.items():
        words = Words(where, ("recipients", id, "from"), recipient.collections)
        yield from _unknown("E016", "collection point", words, points)
    for id, right in policy.rights.items():
        contact = (right.contact,) if right.contact else ()
        words = Words(where, ("rights", id, "contact"), contact)
        yield from _unknown("E017", "contact", words, policy.contacts)
        words = Words(where, ("rights", id, "except"), right.except_)
        yield from _unknown("E017", "hold", words, policy.holds)
    for path, statute in _statutes(policy):
        yield from _unknown("E017", "statute", Words(where, path, (statute,)), policy.statutes)


def _statutes(policy: Policy) -> Iterator[tuple[Path, str]]:
    for id, point in policy.collect.items():
        if point.statute:
            yield ("collect", id, "statute"), point.statute
    if policy.visits and policy.visits.statute:
        yield ("visits", "statute"), policy.visits.statute


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


def _unknown(code: str, what: str, words: Words, known: Collection[str]) -> Iterator[Problem]:
    for index, word in enumerate(words.words):
        if word not in known:
            message = f"unknown {what} `{short(word)}`"
            path = (*words.path, index)
            yield words.where.error(code, message, path, word=word, among=known)

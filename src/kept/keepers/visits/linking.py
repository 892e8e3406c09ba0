"""Linking a view with who looked: by a `[combine]` clause of the policy alone (SC-08).

Rules: without such a clause for a purpose of the visits nobody is even asked who is looking; the
gate is asked for each category, with the person's own choices and the browser's signals; what it
denies is not linked; the view is counted in any case, by itself.
"""

from uuid import UUID

from django.http import HttpRequest

from kept import gate, ledger, vault
from kept.keepers.visits.deciding import ADDRESS, PAGE
from kept.keepers.visits.models import LinkedView
from kept.policy import VISITS, Policy

_PERSON = "identity.name"
"""Stands for whatever else is known of the person: a clause with `*` covers it."""


def link(request: HttpRequest, page: str, address: str, signals: frozenset[str]) -> bool:
    """Link a view with the signed-in person, if the policy permits it. True where it is linked."""
    purposes = _permitted()
    if not purposes:
        return False
    subject = getattr(request.user, "subject_id", None) if hasattr(request, "user") else None
    if subject is None:
        return False
    values = {"page": (PAGE, page), "address": (ADDRESS, address)}
    for purpose, categories in purposes.items():
        wanted = {
            name: pair
            for name, pair in values.items()
            if pair[0] in categories and pair[1] and _may(pair[0], purpose, signals)
        }
        if wanted:
            _store(subject, purpose, wanted)
            return True
    return False


def _permitted() -> dict[str, frozenset[str]]:
    """The purposes of visits for which something of a view may be linked, and what.

    Of the gate asked last, which is the one in force: it is asked at every view.
    """
    global _last  # noqa: PLW0603 - one gate per process is the point
    now = gate.in_force()
    if _last is None or _last[0] is not now:
        _last = (now, _work_out(now.in_force[1]))
    return _last[1]


_last: tuple[gate.Gate, dict[str, frozenset[str]]] | None = None


def _work_out(policy: Policy) -> dict[str, frozenset[str]]:
    visits = policy.visits
    found = {
        purpose: frozenset(
            category
            for category in (PAGE, ADDRESS)
            if visits
            and category in visits.collect
            and gate.in_force().may_combine(category, _PERSON, purpose).allowed
        )
        for purpose in (visits.purposes if visits else ())
    }
    return {purpose: categories for purpose, categories in found.items() if categories}


def _may(category: str, purpose: str, signals: frozenset[str]) -> bool:
    now = gate.in_force()
    facts = gate.Facts(base=now.in_force[0], signals=signals)
    return now.decide(gate.Request(gate.COLLECT, category, purpose, VISITS), facts).allowed


def _store(subject: UUID, purpose: str, wanted: dict[str, tuple[str, str]]) -> None:
    with gate.purpose(purpose, actor=gate.VISITOR):
        row = LinkedView(subject_id=subject, point=VISITS)
        for name, (category, value) in wanted.items():
            row.put(name, category, value)
        try:
            _save(row, tuple(category for category, _value in wanted.values()))
        except vault.NotStoredError:
            return  # the person's own choices deny it


@ledger.flow(ledger.Collected)
def _save(row: LinkedView, categories: tuple[str, ...]) -> None:
    row.save(force_insert=True)
    ledger.record(
        ledger.Collected(point=VISITS, version=row.collected, categories=categories, row=row.pk),
        row.subject_id,
    )

"""What a client prefers, and the greeting made of it: the purpose `personalise` (UI-08).

Rules: nothing is fitted to anybody who did not agree to it; the clause says what can be preferred;
what is shown is opened for `personalise`, so that it ends with the consent, an objection, or the
purpose itself; setting it again needs no second consent.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from kept import gate, ledger
from kept.keepers.accounts import profiles
from kept.keepers.accounts.choices import PREFERENCES
from kept.keepers.accounts.models import Profile, User
from kept.keepers.consent import flows as consent
from kept.keepers.forms import building, storing
from kept.keepers.forms import flows as forms
from kept.keepers.forms.building import CONSENT, Asking
from kept.keepers.forms.pages import Collected, Examined, Page, Refused
from kept.vault.models import Subject

PURPOSE = "personalise"


def actor(user: User) -> gate.Actor:
    """The person of an account, acting for themself."""
    return gate.Actor("subject", str(user.subject_id))


def page(user: User) -> Page | None:
    """The page with what is set; None where the policy in force has no such clause."""
    with gate.purpose(gate.OWN_DATA, actor=actor(user)):
        values = profiles.values_of(profiles.row_of(user.person, PREFERENCES))
    return forms.open_page(PREFERENCES, _asking(user, values))


def store(user: User, sent: Mapping[str, Sequence[str]]) -> Collected | Refused:
    """Keep what was set, with the consent where none stood before."""
    found = forms.examine(PREFERENCES, sent, _asking(user, {}))
    if not isinstance(found, Examined):
        return found
    with transaction.atomic():
        if not storing.spend(found.token):
            return forms.twice(found)
        return _store(user, found)


def of(user: User) -> dict[str, Any]:
    """What may be used to fit the site to this person; empty where nothing may."""
    if user.subject_id is None:
        return {}
    with gate.purpose(PURPOSE, actor=actor(user)):
        return profiles.values_of(profiles.row_of(user.person, PREFERENCES))


@ledger.flow(ledger.Collected, may=[ledger.Consented, ledger.Dropped])
def _store(user: User, found: Examined) -> Collected:
    subject = user.person
    clause = found.posted.policy.collect[PREFERENCES]
    agreed = found.agreed(CONSENT)
    if agreed:
        shown = building.shown_text(found.page.notice)
        consent.give(subject, point=PREFERENCES, purposes=agreed, shown=shown)
    values = found.values
    with gate.purpose(clause.purposes[0], actor=actor(user)):
        row = profiles.row_of(subject, PREFERENCES)
        row = row or Profile(point=PREFERENCES, subject_id=subject)
        for name, category in clause.asked.items():
            row.put(name, category, values.get(name, ""))
        row.save()
    categories = tuple(sorted({clause.asked[name] for name in values}))
    version = found.posted.ordinal
    ledger.record(
        ledger.Collected(point=PREFERENCES, version=version, categories=categories, row=row.pk),
        subject,
    )
    if found.dropped:
        ledger.record(ledger.Dropped(point=PREFERENCES, fields=found.dropped), None)
    return Collected(row=row.pk, subject=subject, dropped=found.dropped)


def _asking(user: User, initial: Mapping[str, Any]) -> Asking:
    person = Subject.objects.get(pk=user.person)
    in_force = gate.in_force()
    declared = in_force.in_force[1].purposes
    given = PURPOSE in declared and bool(person.consented & in_force.mask([PURPOSE]))
    return Asking(given=frozenset({PURPOSE}) if given else frozenset(), initial=initial)

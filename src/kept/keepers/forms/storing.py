"""Storing one submission: token, subject, consent, record, ledger events: all together or none.

Rules: a token is spent in the same transaction as the record it stands for; consent is recorded
before the gate is asked whether the data may be collected, because it is part of the answer; a
consent to marketing, ticked by somebody unknown, waits until the holder of the address confirms it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, transaction

from kept import gate, ledger, policy, promises, vault
from kept._kit import clock
from kept.keepers.consent import confirming
from kept.keepers.consent import flows as consent
from kept.keepers.forms.building import CONSENT, consents, shown_text
from kept.keepers.forms.models import SpentToken, Submission
from kept.keepers.forms.pages import Collected, Page
from kept.keepers.forms.tokens import LASTS, FormToken
from kept.vault.models import Subject

_EMAIL = "contact.email"
_IDENTIFIERS = (_EMAIL, "contact.phone", "contact.mobile")
"""Categories that find a person, the surest first."""


@dataclass(frozen=True, slots=True)
class Filled:
    """One form as it was filled in, valid, with the consents that count."""

    point: policy.Collection
    version: int
    values: Mapping[str, Any]
    agreed: tuple[str, ...]
    shown: str
    model: type[Any] | None = None
    dropped: int = 0
    asked_at: datetime | None = None
    """When it was sent, where it is stored later, by the link that proved its address."""


def store(
    posted: promises.Posted,
    page: Page,
    token: FormToken,
    model: type[Any] | None,
    *,
    dropped: int,
    base: str = "",
) -> Collected | None:
    """Store the valid form of `page`; None where its token was spent before.

    Consents that wait for their address to be proved are asked for instead, at the site `base`;
    where the form's own purpose is among them, all of it waits.
    """
    filled = _filled(posted, page, model, dropped)
    point, base = filled.point, base or (posted.policy.meta.url or "")
    waiting = confirming.waits(posted.policy, filled.agreed)
    with gate.purpose(point.purposes[0], actor=gate.VISITOR), transaction.atomic():
        if not spend(token):
            return None
        if point.purposes[0] in waiting:
            confirming.ask(_unproved(filled, filled.agreed, base, None))
            return Collected(row=None, dropped=dropped)
        subject = _subject(point, filled.values)
        now = tuple(one for one in filled.agreed if one not in waiting)
        done = record(replace(filled, agreed=now), subject)
        if waiting:
            confirming.ask(_unproved(filled, waiting, base, subject.pk))
        return done


def store_confirmed(unproved: confirming.Unproved, subject: Subject) -> Collected:
    """Store a form that waited, in the caller's transaction, now that its address is proved."""
    model = apps.get_model(unproved.model) if unproved.model else None
    point = promises.current().policy.collect[unproved.point]
    values = {name: one for name, one in unproved.values.items() if name in point.asked}
    filled = Filled(
        point=point,
        version=unproved.version,
        values=values,
        agreed=unproved.purposes,
        shown=unproved.shown,
        model=model,
        dropped=unproved.dropped,
        asked_at=unproved.at,
    )
    with gate.purpose(point.purposes[0], actor=gate.VISITOR):
        return record(filled, subject)


@ledger.flow(ledger.Collected, may=[ledger.Consented, ledger.Dropped])
def record(filled: Filled, subject: Subject) -> Collected:
    """Consent, row and events of one submission, in the caller's transaction."""
    point, values = filled.point, filled.values
    if filled.agreed:
        consent.give(
            subject.pk,
            point=point.id,
            purposes=filled.agreed,
            shown=filled.shown,
            asked_at=filled.asked_at,
        )
    row = _row(point, subject, values, filled.model)
    categories = tuple(sorted({point.asked[name] for name in values}))
    ledger.record(
        ledger.Collected(point=point.id, version=filled.version, categories=categories, row=row),
        subject.pk,
    )
    if filled.dropped:
        ledger.record(ledger.Dropped(point=point.id, fields=filled.dropped), None)
    return Collected(row=row, subject=subject.pk, dropped=filled.dropped)


def _filled(posted: promises.Posted, page: Page, model: type[Any] | None, dropped: int) -> Filled:
    point = posted.policy.collect[page.notice.point]
    ticked = (id for id, _says in consents(page.notice) if page.form.cleaned_data[CONSENT + id])
    return Filled(
        point=point,
        version=posted.ordinal,
        values={name: value for name in point.asked if (value := _plain(page, name)) != ""},
        agreed=tuple(ticked),
        shown=shown_text(page.notice),
        model=model,
        dropped=dropped,
    )


def _unproved(
    filled: Filled, purposes: Sequence[str], base: str, subject: UUID | None
) -> confirming.Unproved:
    """What waits: the consents, and where nothing is stored yet, the whole form with them."""
    asked, whole = filled.point.asked, subject is None
    address = next((str(one) for name, one in filled.values.items() if asked[name] == _EMAIL), "")
    return confirming.Unproved(
        base=base.rstrip("/"),
        address=address,
        point=filled.point.id,
        purposes=tuple(purposes),
        shown=filled.shown,
        version=filled.version,
        at=clock.now(),
        subject=subject,
        values=dict(filled.values) if whole else {},
        model=filled.model._meta.label if whole and filled.model is not None else "",
        dropped=filled.dropped if whole else 0,
    )


def _row(
    point: policy.Collection, subject: Subject, values: Mapping[str, Any], model: type[Any] | None
) -> UUID:
    if model is None:
        row: Any = Submission(point=point.id, subject=subject)
        for name, value in values.items():
            row.put(name, point.asked[name], value)
    else:
        row = model(subject=subject, **values)
    row.save(force_insert=True)
    id: UUID = row.pk
    return id


def _plain(page: Page, name: str) -> Any:
    value = page.form.cleaned_data.get(name)
    if value is None:
        return ""
    return value if isinstance(value, str | bool | int) else str(value)


def _subject(point: policy.Collection, values: Mapping[str, Any]) -> Subject:
    """The person the values are about, found by the surest identifier among them."""
    by_category = {point.asked[name]: str(value) for name, value in values.items()}
    for category in _IDENTIFIERS:
        if category in by_category:
            return vault.find_or_make(category, by_category[category])
    return vault.make()


def spend(token: FormToken) -> bool:
    """Use a form's token up, in the transaction of what it stores; False where it was before."""
    SpentToken.objects.filter(day__lt=clock.today() - LASTS - timedelta(days=1)).delete()
    try:
        with transaction.atomic():
            SpentToken.objects.create(digest=token.digest)
    except IntegrityError:
        return False
    return True

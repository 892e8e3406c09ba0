"""Storing one submission: token, subject, consent, record, ledger events: all together or none.

Rules: a token is spent in the same transaction as the record it stands for; consent is recorded
before the gate is asked whether the data may be collected, because it is part of the answer.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from kept import gate, ledger, policy, promises, vault
from kept._kit import clock
from kept.keepers.consent import flows as consent
from kept.keepers.forms.building import CONSENT, consents, shown_text
from kept.keepers.forms.models import SpentToken, Submission
from kept.keepers.forms.pages import Collected, Page
from kept.keepers.forms.tokens import LASTS, FormToken
from kept.vault.models import Subject

_IDENTIFIERS = ("contact.email", "contact.phone", "contact.mobile")
"""Categories that find a person, the surest first."""


def store(
    posted: promises.Posted, page: Page, token: FormToken, model: type[Any] | None, *, dropped: int
) -> Collected | None:
    """Store the valid form of `page`; None where its token was spent before."""
    point = posted.policy.collect[page.notice.point]
    values = {name: value for name in point.asked if (value := _plain(page, name)) != ""}
    with gate.purpose(point.purposes[0], actor=gate.VISITOR), transaction.atomic():
        if not spend(token):
            return None
        subject = _subject(point, values)
        return record(posted, page, subject, values, model, dropped=dropped)


@ledger.flow(ledger.Collected, may=[ledger.Consented, ledger.Dropped])
def record(
    posted: promises.Posted,
    page: Page,
    subject: Subject,
    values: Mapping[str, Any],
    model: type[Any] | None,
    *,
    dropped: int,
) -> Collected:
    """Consent, row and events of one submission, in the caller's transaction."""
    point = posted.policy.collect[page.notice.point]
    agreed = [id for id, _says in consents(page.notice) if page.form.cleaned_data[CONSENT + id]]
    if agreed:
        consent.give(subject.pk, point=point.id, purposes=agreed, shown=shown_text(page.notice))
    row = _row(point, subject, values, model)
    categories = tuple(sorted({point.asked[name] for name in values}))
    ledger.record(
        ledger.Collected(point=point.id, version=posted.ordinal, categories=categories, row=row),
        subject.pk,
    )
    if dropped:
        ledger.record(ledger.Dropped(point=point.id, fields=dropped), None)
    return Collected(row=row, subject=subject.pk, dropped=dropped)


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

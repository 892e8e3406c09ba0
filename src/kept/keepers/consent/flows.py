"""Giving and withdrawing consent: the choice, its record and the ledger's event together.

Rules (UI-03): consent names its purpose, and is kept with the policy version and the exact text
shown; the subject's mask, which the gate decides by, changes in the same transaction; withdrawing
asks nothing but who one is (GDPR Art. 7(3)), and also ends what was given more than once; keepers
that do something with a consent hear of its end in the same transaction (`on_withdrawal`); one
that was asked for at a form and confirmed by a link has both moments on record (`asked_at`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from kept import gate, ledger, promises, vault
from kept._kit import clock
from kept._kit.digests import digest_of
from kept.keepers.consent.models import Consent, ShownText
from kept.vault.models import Subject

Listener = Callable[[UUID, Sequence[str]], None]
_listeners: list[Listener] = []


@dataclass(frozen=True, slots=True)
class Given:
    """The consents that were recorded, one for each purpose, in the order asked."""

    consents: tuple[UUID, ...]
    version: int


def on_withdrawal(listener: Listener) -> None:
    """Have `listener(subject, purposes)` called when consent ends, in an app's `ready()`.

    It runs in the transaction that ends the consent: an error of its own undoes both.
    """
    if listener not in _listeners:
        _listeners.append(listener)


@ledger.flow(ledger.Consented)
def give(
    subject: UUID,
    *,
    point: str,
    purposes: Sequence[str],
    shown: str,
    asked_at: datetime | None = None,
) -> Given:
    """Record that `subject` consents to `purposes`, having been shown the text `shown`.

    `asked_at`: when it was ticked, where the holder of the address confirmed it now. Raises
    `NotStored` where the subject is not active, `KeyError` for an unknown purpose.
    """
    version = promises.current().ordinal
    text, _new = ShownText.objects.get_or_create(digest=digest_of(shown), defaults={"text": shown})
    now = clock.now()
    rows = Consent.objects.bulk_create(
        Consent(
            subject_id=subject,
            purpose=purpose,
            point=point,
            version=version,
            shown=text,
            given_at=now,
            asked_at=asked_at,
        )
        for purpose in purposes
    )
    vault.set_choices(subject, consent=purposes, stop_objecting=purposes)
    ledger.record_many(
        (
            ledger.Consented(
                point=point,
                purposes=(row.purpose,),
                version=version,
                text_digest=text.digest,
                confirmed=asked_at is not None,
                row=row.pk,
            ),
            subject,
        )
        for row in rows
    )
    return Given(tuple(row.pk for row in rows), version)


@ledger.flow(may=[ledger.Withdrawn])
def withdraw(subject: UUID, purposes: Sequence[str]) -> int:
    """End every consent of `subject` to `purposes`; returns how many ended. Again changes nothing.

    Raises `NotStored` where the subject is not active, `KeyError` for an unknown purpose.
    """
    vault.set_choices(subject, withdraw=purposes)
    over = standing(subject).filter(purpose__in=purposes)
    found = list(over.select_for_update().values_list("pk", "purpose"))
    ended = over.filter(pk__in=[id for id, _ in found]).update(withdrawn_at=clock.now())
    version = promises.current().ordinal
    ledger.record_many(
        (ledger.Withdrawn(purposes=(purpose,), version=version, row=id), subject)
        for id, purpose in found
    )
    for listener in _listeners:
        listener(subject, purposes)
    return ended


@ledger.flow(may=[ledger.Withdrawn])
def merged(subject: UUID) -> int:
    """Two subjects became this one: consents end that the stricter side does not leave; how many.

    Again changes nothing.
    """
    mask, now = Subject.objects.get(pk=subject).consented, gate.in_force()
    over = {
        purpose
        for purpose in standing(subject).values_list("purpose", flat=True)
        if not mask & now.mask([purpose])
    }
    return withdraw(subject, sorted(over)) if over else 0


def standing(subject: UUID) -> QuerySet[Consent]:
    """The consents of `subject` that are not withdrawn, the latest first."""
    return Consent.objects.filter(subject=subject, withdrawn_at=None).order_by("-given_at")

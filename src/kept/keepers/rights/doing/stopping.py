"""Stopping: mails at once and without proof, every use once it is known who asks, and a standstill.

Rules (UI-17; GDPR Art. 7(3), 18, 21): whoever has an address may stop its mails; what is stopped
stays stopped for the address, whoever it stands for later, until its holder asks for mails again;
ceasing takes every consent back; content keepers hear of each; a standstill and a deletion that
waits each keep the data from being used, and ending one does not end what the other asks.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from kept import gate, ledger, promises, vault
from kept.keepers.consent import flows as consent
from kept.keepers.rights.channels import addresses
from kept.keepers.rights.models import Link, Request
from kept.keepers.rights.moving import move
from kept.keepers.rights.result import Result
from kept.keepers.rights.states import UNDER_WAY, State
from kept.keepers.sharing import flows as sharing
from kept.vault.models import State as Standing
from kept.vault.models import Subject

_MARKETING = "marketing"
_EMAIL = "contact.email"


def marketing() -> tuple[str, ...]:
    """The purposes of the policy in force that send what nobody has to read."""
    declared = promises.current().policy.purposes
    return tuple(id for id, one in declared.items() if one.kind == _MARKETING)


def stop_mails(address: str) -> None:
    """No more marketing to this address. Again changes nothing; tells nobody if it is known."""
    purposes = marketing()
    with transaction.atomic():
        for purpose in purposes:
            vault.suppress(_EMAIL, address, purpose)
        person = vault.standing(_EMAIL, address)
        if person is not None and person.state == Standing.ACTIVE:
            _refuse(person, purposes)


@ledger.flow(may=[ledger.Answered, ledger.Withdrawn, ledger.Objected])
def finish_stop(link: Link, address: str) -> None:
    """Carry out a request that needs no proof, and forget the address."""
    request = Request.objects.select_for_update().get(pk=link.request_id)
    stop_mails(address)
    link.delete()
    move(request, State.DONE)


def cease(request: Request) -> Result:
    """Stop every use that does not rest on law."""
    subject = _subject(request)
    found = addresses(subject)
    with transaction.atomic():
        person = Subject.objects.get(pk=subject)
        # Those of earlier versions, too: a clause may come back, a consent that ended may not.
        consent.withdraw(subject, gate.in_force().purposes_in(person.consented))
        vault.set_limits(subject, ceased=True)
        ledger.record(ledger.Restricted(state="ceased"), subject)
        sharing.propagate(subject, "object")
        for address in found:
            for purpose in marketing():
                vault.suppress(_EMAIL, address, purpose)
    return Result(
        details="Every consent of yours has ended, and your data is used for nothing but what a "
        "law asks of us. It stays where it is until its time is over or you have it deleted. "
        "What you agree to later counts for that purpose only."
    )


def unsubscribe(request: Request) -> Result:
    """The same as for an address, for a person who is known."""
    subject = _subject(request)
    for address in addresses(subject):
        stop_mails(address)
    with transaction.atomic():
        _refuse(Subject.objects.get(pk=subject), marketing())
    return Result(details="You get no more mails of the kind that nobody has to read.")


def restrict(request: Request) -> Result:
    """Keep, and do not use (GDPR Art. 18)."""
    return _limit(
        request, "restricted",
        "Your data is kept and used for nothing, but for what the law allows under a restriction: "
        "legal claims and the rights of others. It stays so until you ask us to use it again.",
    )  # fmt: skip


def unrestrict(request: Request) -> Result:
    """Use it again."""
    if _erasing(request).update(limited=True):
        return Result(
            details="The restriction that you asked for is over. Your data is used for nothing all "
            "the same, because its deletion waits: you asked for that, too. Take the deletion "
            "back, and your data may be used again for what you agreed to."
        )
    return _limit(request, "free", "Your data may be used again for what you agreed to.")


def stands_still(subject: UUID) -> bool:
    """Whether the data is kept and not used at the person's own wish, not for a deletion."""
    waits = Request.objects.filter(
        subject=subject, kind="erase", state__in=UNDER_WAY, limited=True
    ).exists()
    return not waits and Subject.objects.filter(pk=subject, restricted=True).exists()


def _limit(request: Request, state: str, details: str) -> Result:
    subject = _subject(request)
    with transaction.atomic():
        _erasing(request).update(limited=False)  # taking that back leaves this standstill
        vault.set_limits(subject, restricted=state == "restricted")
        ledger.record(ledger.Restricted(state=state), subject)  # type: ignore[arg-type]  # one of two
    return Result(details=details)


def _erasing(request: Request) -> QuerySet[Request]:
    """The erasure of the same person that waits, if there is one; it restricts them, too."""
    return Request.objects.filter(subject=_subject(request), kind="erase", state__in=UNDER_WAY)


def _refuse(person: Subject, purposes: Sequence[str]) -> None:
    """Take consent back where it was given; object where none was needed."""
    gone = [one for one in purposes if person.consented & gate.in_force().mask([one])]
    if gone:
        consent.withdraw(person.pk, gone)
    declared = promises.current().policy.purposes
    others = [one for one in purposes if declared[one].basis != "consent"]
    fresh = [one for one in others if not person.objected & gate.in_force().mask([one])]
    if fresh:
        vault.set_choices(person.pk, object_to=fresh)
        ledger.record(ledger.Objected(purposes=tuple(fresh)), person.pk)
    if gone or fresh:
        sharing.propagate(person.pk, "object", purposes=(*gone, *fresh))


def _subject(request: Request) -> UUID:
    assert request.subject_id is not None  # noqa: S101 - only what was verified is carried out
    return request.subject_id

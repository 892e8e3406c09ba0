"""Asking for mails, getting them, ending them: one function per verb (UI-08, UI-17).

Rules: an address that somebody typed is asked first whether it wants mails (`confirming`); `news`
and `other-information` are separate choices, each given and ended by itself; whoever ends both is
forgotten here; a mailing goes to those whom the gate permits, asked again for each one right before
sending; one message has one recipient; each holds the operator's postal address and a way out that
works by one click, without a login (RFC 8058; 15 U.S.C. 7704).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet

from kept import gate, ledger, promises, vault
from kept._kit import clock
from kept._kit.digests import digest_of
from kept._kit.errors import KeptError, code
from kept.keepers.accounts import address as addresses
from kept.keepers.accounts import throttle
from kept.keepers.accounts.forms import UNREACHABLE
from kept.keepers.accounts.models import User
from kept.keepers.consent import confirming
from kept.keepers.consent import flows as consent
from kept.keepers.forms import building, storing
from kept.keepers.forms import flows as forms
from kept.keepers.forms.building import CONSENT, Asking
from kept.keepers.forms.pages import Collected, Examined, Page, Refused
from kept.keepers.mailings.models import Mailing, Subscription
from kept.keepers.sharing.compose import Letter, can_reach
from kept.vault.models import Subject

POINT = "news"
KINDS = {"news": "News", "other-information": "Other information"}
"""Purpose -> what the operator calls its mails."""
NO_POST = code(
    "S010", "The policy names no postal address", do="add `post` to one of its [contacts]"
)
_EMAIL = "contact.email"
_SALT = "kept.keepers.mailings"
_THEMSELVES = ("visitor", "subject")
_ASKING = Asking(any_of=True)
_brake = addresses.Brake(limit=30)


def open_page() -> Page | None:
    """The empty page; None where the policy in force has no such clause."""
    return forms.open_page(POINT, _ASKING)


def subscribe(
    sent: Mapping[str, Sequence[str]], *, base: str, come_from: str
) -> Collected | Refused:
    """Have the holder of the address asked. Says and does the same for every address."""
    wait = _brake.wait(come_from)
    if wait:
        return _slow(wait, open_page())
    found = forms.examine(POINT, sent, _ASKING)
    if not isinstance(found, Examined):
        return found
    address = _address(found)
    if not can_reach(address):
        found.page.form.add_error(email_field(), UNREACHABLE)
        return Refused(422, "", found.page)
    wait = throttle.wait(f"mail to {address}")
    if wait:
        return _slow(wait, found.page)
    with transaction.atomic():
        if not storing.spend(found.token):
            return forms.twice(found)
        confirming.ask(
            confirming.Unproved(
                base=base,
                address=address,
                point=POINT,
                purposes=tuple(found.agreed(CONSENT)),
                shown=building.shown_text(found.page.notice),
                version=found.posted.ordinal,
                at=clock.now(),
                values=found.values,
                dropped=found.dropped,
            )
        )
    return Collected(row=None, dropped=found.dropped)


def give(user: User, purposes: Sequence[str], shown: str) -> None:
    """A client asks for mails in their account: to the address of the account."""
    with gate.purpose(gate.OWN_DATA, actor=gate.Actor("subject", str(user.person))):
        address = str(user.email)
    field = email_field()
    with gate.purpose(purposes[0], actor=gate.Actor("subject", str(user.person))):
        keep(user.person, {field: address}, purposes, shown)


def stop(subject: UUID, purposes: Sequence[str]) -> None:
    """End mails of these purposes; `withdrawn` does the rest."""
    consent.withdraw(subject, purposes)


@ledger.flow(may=[ledger.Removed])
def withdrawn(subject: UUID, purposes: Sequence[str]) -> None:
    """A consent ended, wherever it was taken back: who gets no mails any more is forgotten here.

    Their address is suppressed, so that no import and no restore brings the mails back.
    """
    ended = set(KINDS) & set(purposes)
    if not ended:
        return
    for row in Subscription.objects.filter(subject_id=subject):
        vault.suppress_all(row, sorted(ended))
    in_force = gate.in_force()
    known = [one for one in KINDS if one in in_force.in_force[1].purposes]
    person = Subject.objects.get(pk=subject)
    if not person.consented & in_force.mask(known):
        over = Subscription.objects.filter(subject_id=subject)
        for id in over.values_list("pk", flat=True):
            ledger.record(ledger.Removed(point=POINT, row=id), subject)
        over.delete()


@ledger.flow(ledger.Collected, ledger.Consented, may=[ledger.Dropped])
def keep(
    subject: UUID,
    values: Mapping[str, object],
    agreed: Sequence[str],
    shown: str,
    *,
    point: str = POINT,
    dropped: int = 0,
    asked_at: datetime | None = None,
) -> UUID:
    """Consent, subscription and events, in the caller's transaction and scope.

    `point` is where the consent was given, `asked_at` when, if it was confirmed later.
    """
    posted = promises.current()
    clause = posted.policy.collect[POINT]
    consent.give(subject, point=point, purposes=agreed, shown=shown, asked_at=asked_at)
    row = Subscription.objects.filter(subject_id=subject).first()
    row = row or Subscription(point=POINT, subject_id=subject)
    for name, value in values.items():
        row.put(name, clause.asked[name], value)
    row.save()
    _send_again(str(values[email_field()]), agreed)
    categories = tuple(sorted({clause.asked[name] for name in values}))
    ledger.record(
        ledger.Collected(point=POINT, version=posted.ordinal, categories=categories, row=row.pk),
        subject,
    )
    if dropped:
        ledger.record(ledger.Dropped(point=POINT, fields=dropped), None)
    return row.pk


def _send_again(address: str, agreed: Sequence[str]) -> None:
    """Lift what was suppressed, where the person asks; staff and machines lift nothing."""
    scope = gate.current()
    if scope is not None and scope.actor.kind in _THEMSELVES:
        for purpose in agreed:
            vault.lift_suppression("email", address, purpose)


def moved(subject: UUID, address: str) -> None:
    """A client's address changed: their mails follow. Called within their own scope."""
    row = Subscription.objects.filter(subject_id=subject).first()
    if row is not None:
        row.put(email_field(), _EMAIL, address)
        row.save()


def recipients(purpose: str) -> QuerySet[Subscription]:
    """The subscriptions that the gate permits to use for `purpose` now."""
    permitted = vault.permitted(
        purpose, category=_EMAIL, prefix="subject__", collected="collected", collection=POINT
    )
    return Subscription.objects.filter(permitted).order_by("pk")


def write(purpose: str, heading: str, text: str, *, base: str, once: str) -> Mailing | None:
    """A mailing to be sent by its job; None where this very form sent one before.

    Raises `KeptError` S001 to S003 for what cannot be a mail, S010 without a postal address.
    """
    body(purpose, text, base, "x" * 80)
    Letter("somebody@example.org", heading, text)
    once = digest_of(once)
    made, new = Mailing.objects.get_or_create(
        once=once, defaults={"purpose": purpose, "heading": heading, "text": text, "base": base}
    )
    return made if new else None


def body(purpose: str, text: str, base: str, token: str) -> str:
    """The whole text of one message. Raises `KeptError` S010."""
    policy = promises.current().policy
    post = next((one.post for one in policy.contacts.values() if one.post), None)
    if post is None:
        raise KeptError(NO_POST, "no clause of [contacts] has `post`", place="contacts")
    says = policy.purposes[purpose].says if purpose in policy.purposes else purpose
    return (
        f"{text.rstrip()}\n\n-- \n{post}\n\n"
        f"You get this because you agreed that we {says}. "
        f"To end it, follow this link and press its button:\n{unsubscribe_url(base, token)}\n"
    )


def unsubscribe_url(base: str, token: str) -> str:
    """Where mails of one kind to one person are ended."""
    return f"{base}/news/unsubscribe/{token}/"


def token_of(row: Subscription, purpose: str) -> str:
    """What stands in the address: random id and purpose, signed; nothing about the person."""
    return signing.dumps([row.pk.hex, purpose], salt=_SALT, compress=False)


def read(token: str) -> tuple[UUID, str] | None:
    """The subscription and purpose of a token; None where it is forged."""
    try:
        id, purpose = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    return UUID(id), str(purpose)


def unsubscribe(token: str, *, everything: bool = False) -> Literal["done", "forged"]:
    """End mails; again changes nothing. Asks for no login, no reason and no second click."""
    found = read(token)
    if found is None:
        return "forged"
    id, purpose = found
    row = Subscription.objects.filter(pk=id).first()
    if row is not None:
        declared = promises.current().policy.purposes
        ended = [one for one in KINDS if (everything or one == purpose) and one in declared]
        stop(row.subject_id, ended)
    return "done"


def _slow(wait: int, page: Page | None) -> Refused:
    return Refused(429, f"Too many attempts. Wait {wait} seconds, please.", page)


def _address(found: Examined) -> str:
    return str(found.values[email_field()])


def email_field() -> str:
    """The field of the clause that holds the address."""
    asked = promises.current().policy.collect[POINT].asked
    return next(name for name, category in asked.items() if category == _EMAIL)

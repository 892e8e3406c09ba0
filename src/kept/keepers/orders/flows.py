"""Offering a quote, accepting it, declining it: one function per verb (UI-08).

Rules: all of it is the purpose `transaction`, and each step is asked of the gate for this person;
a quote goes to the client's account and a mail says that it is there, without its content; what a
client accepts is kept word for word as it stood on the page, and the ledger has its digest; a
quote is decided once, and only by its client.
"""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from kept import gate, ledger, promises, vault
from kept._kit import clock
from kept._kit.digests import digest_of
from kept.keepers import notices
from kept.keepers.accounts.models import User
from kept.keepers.orders.models import Quote
from kept.keepers.sharing import flows as sharing
from kept.keepers.sharing.deciding import Origin, denial
from kept.keepers.sharing.outcomes import Denied

PURPOSE = "transaction"
POINT = "account"
_CATEGORY = "financial.transaction"
_QUOTE, _WORDS = "quote", "authorisation"


@dataclass(frozen=True, slots=True)
class Offered:
    """What became of a quote that was written."""

    outcome: Literal["offered", "twice", "unknown", "denied"]
    decision: gate.Decision | None = None
    """The gate's reasons, where it denied."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A quote as its client reads it, and what accepting it means."""

    id: UUID
    row: Quote
    text: str | None
    """None where it is withheld."""
    words: str = ""
    """What the client declares by accepting: kept exactly so."""
    digest: str = ""
    accepted: str = ""


def list_for(state: str) -> QuerySet[Quote]:
    """The quotes in a state, the latest first."""
    return Quote.objects.filter(state=state)


def offer(to: str, text: str, *, once: str, base: str) -> Offered:
    """Write a quote for the client whose address is `to`; call it in a scope of `transaction`."""
    subject = vault.find("email", to)
    user = None if subject is None else _client(subject)
    if user is None:
        return Offered("unknown")
    denied = denial(Origin(user.person, PURPOSE, POINT, notices.bound(user), (_CATEGORY,)))
    if denied is not None:
        return Offered("denied", denied)
    digest = digest_of(once)
    with transaction.atomic():
        if Quote.objects.filter(once=digest).exists():
            return Offered("twice")
        _offer(user, text, digest)
        told = _tell(user, to, base)
        if isinstance(told, Denied):
            transaction.set_rollback(True)
            return Offered("denied", told.decision)
    return Offered("offered")


def shown_to(user: User) -> list[Shown]:
    """The client's quotes, the latest first; call it in a scope of `transaction`."""
    return [_shown(row) for row in Quote.objects.filter(subject_id=user.person)]


def accept(user: User, id: UUID, seen: str) -> Literal["accepted", "before", "changed"]:
    """Accept a quote under the words whose digest is `seen`. Raises `Quote.DoesNotExist`."""
    with transaction.atomic():
        row = Quote.objects.select_for_update().get(pk=id, subject_id=user.person)
        if row.state != Quote.State.OFFERED:
            return "before"
        shown = _shown(row)
        if shown.text is None or shown.digest != seen:
            return "changed"
        _accept(row, shown)
    return "accepted"


def decline(user: User, id: UUID) -> Literal["declined", "before"]:
    """Decline a quote. Raises `Quote.DoesNotExist`."""
    rows = Quote.objects.filter(pk=id, subject_id=user.person)
    rows.get()
    waiting = rows.filter(state=Quote.State.OFFERED)
    done = waiting.update(state=Quote.State.DECLINED, decided=clock.today())
    return "declined" if done else "before"


@ledger.flow(ledger.Changed)
def _offer(user: User, text: str, once: str) -> None:
    row = Quote(subject_id=user.person, point=POINT, collected=notices.bound(user), once=once)
    row.put(_QUOTE, _CATEGORY, text)
    row.save(force_insert=True)
    changed = ledger.Changed(point=POINT, categories=(_CATEGORY,), row=row.pk)
    ledger.record(changed, user.person)


def _tell(user: User, to: str, base: str) -> object:
    site = promises.current().policy.meta.site
    return sharing.send_mail(
        subject=user.person,
        purpose=PURPOSE,
        point=POINT,
        collected=user.collected or 0,
        to=to,
        heading=f"A quote for you at {site}",
        text=f"There is a quote for you in your account at {site}. Read it, and accept or decline "
        f"it, here:\n{base}/account/quotes/\n\nNothing is ordered before you accept.",
    )


@ledger.flow(ledger.Consented)
def _accept(row: Quote, shown: Shown) -> None:
    row.put(_WORDS, _CATEGORY, shown.words)
    row.state, row.decided = Quote.State.ACCEPTED, clock.today()
    row.save()
    accepted = ledger.Consented(
        point=POINT,
        purposes=(PURPOSE,),
        version=promises.current().ordinal,
        text_digest=shown.digest,
        row=row.pk,
    )
    ledger.record(accepted, row.subject_id)


def _shown(row: Quote) -> Shown:
    opened = row.values
    text = opened.get(_QUOTE)
    if not isinstance(text, str):
        return Shown(row.pk, row, None)
    site = promises.current().policy.meta.site
    words = (
        f"I accept this quote of {row.day:%Y-%m-%d} and authorise {site} to carry it out:\n\n{text}"
    )
    accepted = opened.get(_WORDS, "")
    return Shown(row.pk, row, text, words, digest_of(words), str(accepted))


def _client(subject: UUID) -> User | None:
    return User.objects.filter(subject_id=subject, is_active=True).first()

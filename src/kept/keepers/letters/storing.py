"""Storing one mail: whose it is, consent, row, enclosures, events: all together or none.

Rules: what is stored was asked of the gate like everything that comes in; a mail that proves its
sender is itself the consent to be answered, kept with the text of the notice as it was posted; one
that proves nothing changes nobody's choices; a mail that comes twice is kept once; what nobody can
read is kept as it came; whether an address is known changes no answer and no work.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from kept import gate, ledger, policy, promises, vault
from kept.keepers.consent import flows as consent
from kept.keepers.letters import asking, authentic, jobs, parsing
from kept.keepers.letters.listening import POINT, Listening
from kept.keepers.letters.models import Enclosure, Letter
from kept.keepers.letters.parsing import Unreadable
from kept.keepers.letters.reading import clause, field_of
from kept.keepers.rights.kinds import KINDS
from kept.keepers.sharing.compose import can_reach
from kept.vault import files
from kept.vault.models import Subject

_EMAIL, _NAME, _TEXT = "contact.email", "identity.name", "communication.email"
_HEADING = "heading"
_SALT = "kept.keepers.letters"
_RAW = "message/rfc822"
Outcome = Literal["stored", "twice", "refused"]


@dataclass(frozen=True, slots=True)
class Came:
    """One mail as the receiving server handed it over."""

    raw: bytes
    mail_from: str | None
    recipients: tuple[str, ...]
    said: Listening
    ours: frozenset[str]


def store(came: Came) -> Outcome:
    """Keep the mail; `refused` where the policy in force lets nothing of it be kept.

    Raises whatever hinders it: then nothing is kept, and it is not acknowledged.
    """
    point = clause()
    if point is None:
        return "refused"
    made = parsing.parse(came.raw, came.mail_from, came.ours)
    once = _once(came, proven=_proven(came, made))
    if Letter.objects.filter(once=once).exists():
        return "twice"
    try:
        with transaction.atomic():
            return _store(came, made, point, once)
    except IntegrityError:
        if Letter.objects.filter(once=once).exists():
            return "twice"
        raise


def own_senders() -> frozenset[str]:
    """The addresses that the site itself writes from."""
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower()
    return frozenset({sender} if sender else ())


def _store(
    came: Came, made: parsing.Letter | Unreadable, point: policy.Collection, once: str
) -> Outcome:
    proven = _proven(came, made)
    asks = _asks(made)
    subject = _subject(made)
    if proven and not asks:
        _consent(subject, point)
    values = _values(made)
    enclosed = _enclosures(made)
    categories = sorted({category for category, _value in values.values()} | {_TEXT})
    purpose = _purpose(subject, point, categories)
    if purpose is None:
        return "refused"
    row = Letter(
        subject=subject,
        point=POINT,
        kind="unreadable" if isinstance(made, Unreadable) else made.kind,
        proven=proven,
        asks=asks,
        once=once,
    )
    with gate.purpose(purpose, actor=gate.VISITOR):
        _keep(row, values, enclosed, tuple(categories))
    if asks and proven:
        jobs.enqueue(row.pk)
    return "stored"


@ledger.flow(ledger.Collected)
def _keep(
    row: Letter,
    values: dict[str, tuple[str, str]],
    enclosed: Sequence[parsing.Enclosure],
    categories: tuple[str, ...],
) -> None:
    """The row, its files and its event."""
    for name, (category, value) in values.items():
        row.put(name, category, value)
    row.save(force_insert=True)
    for one in enclosed:
        file = files.store(
            _pieces(one.content),
            subject=row.subject_id,
            point=POINT,
            category=_TEXT,
            name=one.name,
            media_type=one.media_type,
        )
        Enclosure.objects.create(letter=row, subject_id=row.subject_id, file=file)
    ordinal = promises.current().ordinal
    event = ledger.Collected(point=POINT, version=ordinal, categories=categories, row=row.pk)
    ledger.record(event, row.subject_id)


def _pieces(content: bytes) -> Iterator[bytes]:
    yield content


def _once(came: Came, *, proven: bool) -> str:
    """A digest that means nothing without the site's secret, of what does not change on a retry.

    A mail without an id is told from the next one like it by its date; a forged mail never stands
    in the way of the proven one that it imitates.
    """
    stable = parsing.without_transport(came.raw)
    head = parsing.head(came.raw)
    id = head.one("message-id") or head.one("date")
    whole = f"{came.mail_from or ''}\0{id}\0{int(proven)}\0".encode() + stable
    return salted_hmac(_SALT, whole, algorithm="sha256").hexdigest()


def _proven(came: Came, made: parsing.Letter | Unreadable) -> bool:
    """Whether a person's mail is from whom it says; a machine's is nobody's."""
    if (
        isinstance(made, Unreadable)
        or made.kind != Letter.Kind.LETTER
        or not can_reach(made.sender)
    ):
        return False
    results = parsing.head(came.raw).all("authentication-results")
    return authentic.aligned(results, came.said.authserv, made.sender)


def _asks(made: parsing.Letter | Unreadable) -> str:
    """The right that the heading of a person's mail asks for."""
    if isinstance(made, Unreadable) or made.kind != Letter.Kind.LETTER:
        return ""
    kind = asking.kind_of(made.heading, gate.in_force().in_force[1])
    return kind if kind in KINDS else ""


def _subject(made: parsing.Letter | Unreadable) -> Subject:
    """Whoever the address stands for, so that their rights reach it; else nobody known.

    A report that a mail of ours did not arrive belongs to whom it was sent to.
    """
    if isinstance(made, Unreadable):
        return vault.make()
    if made.kind == Letter.Kind.BOUNCE:
        known = vault.find(_EMAIL, made.about) if can_reach(made.about) else None
        return vault.make() if known is None else Subject.objects.get(pk=known)
    if not can_reach(made.sender):
        return vault.make()
    return vault.find_or_make(_EMAIL, made.sender)


def _consent(subject: Subject, point: policy.Collection) -> None:
    """Writing is agreeing to be answered: kept with the notice as it was posted, and said so."""
    current = promises.current().policy
    purpose = point.purposes[0]
    if current.purposes[purpose].basis != "consent":
        return
    notice = policy.prose.notice(current, POINT)
    shown = f"Given by writing an email. The notice posted for it:\n{notice.text}"
    consent.give(subject.pk, point=POINT, purposes=[purpose], shown=shown)


def confirm(subject: UUID, point: policy.Collection) -> None:
    """The same, once an operator found out who wrote."""
    _consent(Subject.objects.get(pk=subject), point)


def _values(made: parsing.Letter | Unreadable) -> dict[str, tuple[str, str]]:
    """Name -> (category, value), as far as the clause collects it."""
    if isinstance(made, Unreadable):
        return {}
    found = {}
    for category, value in ((_EMAIL, made.sender), (_NAME, made.name), (_TEXT, made.text)):
        name = field_of(category)
        if name is not None and value.strip():
            found[name] = (category, value)
    if made.heading:
        found[_HEADING] = (_TEXT, made.heading)
    return found


def _enclosures(made: parsing.Letter | Unreadable) -> tuple[parsing.Enclosure, ...]:
    if isinstance(made, Unreadable):
        return (parsing.Enclosure("mail.eml", _RAW, made.raw),)
    return made.enclosures


def _purpose(subject: Subject, point: policy.Collection, categories: Sequence[str]) -> str | None:
    """The first purpose of the clause for which the gate lets all of it be collected."""
    person: Any = Subject.objects.get(pk=subject.pk)
    now = gate.in_force()
    ordinal, _policy = now.in_force
    facts = gate.Facts(
        base=max(ordinal, person.agreed or 0),
        consented=person.consented,
        objected=person.objected,
        restricted=person.restricted,
        ceased=person.ceased,
    )
    for purpose in point.purposes:
        asked = (gate.Request(gate.COLLECT, one, purpose, POINT) for one in categories)
        if all(now.decide(one, facts).allowed for one in asked):
            return purpose
    return None

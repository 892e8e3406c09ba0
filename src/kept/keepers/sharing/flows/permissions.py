"""Asking people whether one recipient may get their data for one purpose, and what they answer.

Rules (UI-11): asked before anything is given, in words that name recipient, purpose and data; a no
is as easy as a yes, takes no login, and is not asked again for the same; a yes covers what the
words named and nothing that the policy adds later; it is taken back as easily, and the recipient
is told.
"""

from dataclasses import dataclass
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.urls import NoReverseMatch, reverse

from kept import gate, ledger, policy, promises
from kept._kit import clock
from kept._kit.digests import digest_of
from kept.keepers.consent.models import ShownText
from kept.keepers.sharing import jobs
from kept.keepers.sharing.flows import addressing, propagating
from kept.keepers.sharing.models import Disclosure, Permission
from kept.vault.models import Subject

_SALT = "kept.keepers.sharing.permissions"
State = Permission.State


@dataclass(frozen=True, slots=True)
class Question:
    """One question as a page shows it."""

    id: UUID
    text: str
    digest: str
    state: str


def of(subject: UUID, recipient: str, purpose: str) -> Permission | None:
    """What the person was asked or said about it."""
    rows = Permission.objects.filter(subject=subject, recipient=recipient, purpose=purpose)
    return rows.select_related("shown").first()


def covers(subject: UUID, recipient: str, purpose: str) -> frozenset[str]:
    """The categories that the person permits this recipient to get for this purpose now."""
    found = of(subject, recipient, purpose)
    given = found is not None and found.state == State.GIVEN
    return frozenset(found.categories) if found is not None and given else frozenset()


def ask(person: Subject, recipient: str, purpose: str, categories: frozenset[str]) -> Permission:
    """Put the question, in the caller's transaction; what was answered for the same stays.

    A mail with a link leaves where the site's address and one of the person's are known.
    """
    before = of(person.pk, recipient, purpose)
    if before is not None and before.state != State.ENDED and categories <= {*before.categories}:
        return before
    current = promises.current()
    text = question(current.policy, recipient, purpose, categories)
    shown, _new = ShownText.objects.get_or_create(digest=digest_of(text), defaults={"text": text})
    made, _new = Permission.objects.update_or_create(
        subject=person,
        recipient=recipient,
        purpose=purpose,
        defaults={
            "categories": sorted(categories),
            "version": current.ordinal,
            "shown": shown,
            "state": State.ASKED,
            "day": clock.today(),
        },
    )
    _write(person, made, text)
    return made


def question(
    current: policy.Policy, recipient: str, purpose: str, categories: frozenset[str]
) -> str:
    """The words of the question."""
    said = current.recipients[recipient]
    who = said.says or recipient
    what = ", ".join(policy.category(one).label.lower() for one in sorted(categories))
    where = f" It is kept in: {said.place}." if said.place else ""
    return (
        f"May we give the following to {who}: {what}? "
        f"It would be used to {current.purposes[purpose].says}, and for nothing else.{where} "
        "If you say no, it is not given. You can change your mind at any time; we then tell them."
    )


@ledger.flow(may=[ledger.Consented, ledger.Withdrawn])
def answer(id: UUID, *, yes: bool, seen: str) -> bool:
    """Note a yes or a no, also one that changes an earlier answer.

    `seen`: digest of the question that stood on the page; False where it is another one now.
    """
    row = Permission.objects.select_for_update().select_related("shown").filter(pk=id).first()
    if row is None or row.shown_id != seen:
        return False
    before, row.state = row.state, _state(row.state, yes=yes)
    if row.state == before:
        return True
    row.day = clock.today()
    row.save(update_fields=["state", "day"])
    if yes:
        _record_yes(row)
    elif before == State.GIVEN:
        _take_back(row)
    _go_on(row)
    return True


def questions(subject: UUID) -> list[Question]:
    """Everything that the person was asked, what waits for an answer first."""
    rows = Permission.objects.filter(subject=subject).select_related("shown")
    order = [State.ASKED, State.GIVEN, State.REFUSED, State.ENDED]
    return [
        shown(one) for one in sorted(rows, key=lambda row: (order.index(State(row.state)), row.pk))
    ]


def shown(row: Permission) -> Question:
    """The question of a row."""
    return Question(row.pk, row.shown.text, row.shown_id, row.state)


def token_of(row: Permission) -> str:
    """What stands in the link: a random id, signed."""
    return signing.dumps(row.pk.hex, salt=_SALT, compress=False)


def read(token: str) -> Permission | None:
    """The permission of a link; None where it is forged, or the person is gone."""
    try:
        id = UUID(signing.loads(token, salt=_SALT))
    except (signing.BadSignature, ValueError):
        return None
    return Permission.objects.select_related("shown").filter(pk=id).first()


def _state(before: str, *, yes: bool) -> str:
    if yes:
        return State.GIVEN
    return State.ENDED if before in (State.GIVEN, State.ENDED) else State.REFUSED


def _record_yes(row: Permission) -> None:
    event = ledger.Consented(
        point=None,
        purposes=(row.purpose,),
        version=promises.current().ordinal,
        text_digest=row.shown_id,
        row=row.pk,
    )
    ledger.record(event, row.subject_id)


def _take_back(row: Permission) -> None:
    event = ledger.Withdrawn(
        purposes=(row.purpose,), version=promises.current().ordinal, row=row.pk
    )
    ledger.record(event, row.subject_id)
    propagating.propagate(
        row.subject_id, "object", purposes=(row.purpose,), recipients=(row.recipient,)
    )


def _go_on(row: Permission) -> None:
    """What waited for the answer is sent, or denied; what is not sent yet stops with a no."""
    waiting = Disclosure.objects.filter(
        subject=row.subject_id, recipient=row.recipient, purpose=row.purpose
    )
    if row.state == State.GIVEN:
        asking = waiting.filter(state=Disclosure.State.ASKING)
        for id in list(asking.values_list("pk", flat=True)):
            asking.filter(pk=id).update(state=Disclosure.State.WAITING, due_at=clock.now())
            jobs.enqueue_disclosure(id)
    else:
        waiting.filter(state=Disclosure.State.ASKING).update(
            state=Disclosure.State.DENIED, failure="permission"
        )


def asks_by_mail() -> bool:
    """Whether a question can go out with a link; otherwise it stands in the account only."""
    return _base() is not None


def _base() -> str | None:
    """Address of the site, where the policy says it and the site has the page of the question."""
    try:
        reverse("sharing:permission", args=["x"])
    except NoReverseMatch:  # a host may leave the page out
        return None
    return promises.current().policy.meta.url or None


def _write(person: Subject, row: Permission, text: str) -> None:
    """A mail with the link, where one can be made."""
    base = _base()
    if base is None:
        return
    path = reverse("sharing:permission", args=[token_of(row)])
    site = promises.current().policy.meta.site
    body = f"{text}\n\nAnswer here, yes or no:\n{base.rstrip('/')}{path}\n"
    with transaction.atomic(), gate.purpose(row.purpose):
        addressing.write(person, row.purpose, f"{site}: may we pass something on?", body)

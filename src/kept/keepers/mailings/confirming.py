"""The holder of an address is asked, and says yes: two steps, both on record (double opt-in).

Rules: the page says the same for every address, and who stands behind it is looked up in a job,
after the visitor has had their answer; one mail in every case, and nothing else is sent to the
address before its holder confirmed; GET shows a button and does nothing; the link is good once, for
a day, and for the text that was shown: a new version of the policy asks anew.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple
from uuid import UUID

from django.db import transaction

from kept import gate, policy, promises, vault
from kept._kit.errors import KeptError
from kept.keepers.consent import flows as consent
from kept.keepers.consent.confirming import Unproved
from kept.keepers.forms import storing
from kept.keepers.mailings import asking, flows, letters
from kept.keepers.mailings.models import Asked
from kept.keepers.sharing import direct, failures
from kept.keepers.sharing.compose import Letter
from kept.vault.models import State, Subject

PAUSES = (60, 300, 1800, 7200)
"""Seconds before each further attempt: within the life of the link."""
_NOT_ACTIVE = "V009"
_EMAIL = "contact.email"
Outcome = Literal["confirmed", "over", "changed", "busy", "denied"]


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a mail; `again`: seconds until it is tried once more, 0 for never."""

    word: str
    again: int = 0


class _Case(NamedTuple):
    words: letters.Words
    subject: UUID | None = None
    opens: bool = False


def write(id: UUID) -> Written:
    """Send the mail of a row that still waits."""
    row = Asked.objects.filter(pk=id, sent=False).first()
    unproved = None if row is None else asking.read(row)
    if row is None or unproved is None:
        return Written("nothing")
    case = _case(row, unproved)
    if case.opens and case.subject is not None and row.subject_id is None:
        asking.give_to(row, case.subject, unproved)
    letter = Letter(unproved.address, case.words.heading, case.words.text)
    failure = direct.send(letter, point=unproved.point, subject=case.subject, mail=row.pk)
    if isinstance(failure, failures.Failure):
        return _later(row, failure)
    if failure is not None or not case.opens:
        row.delete()
    else:
        Asked.objects.filter(pk=row.pk).update(sent=True)
    return Written("denied" if failure is not None else "sent")


def is_open(token: str) -> bool:
    """Whether the link still confirms anything."""
    return asking.find(token) is not None


def says(token: str) -> tuple[str, ...]:
    """What the link confirms, in the policy's words."""
    found = asking.find(token)
    declared = promises.current().policy.purposes
    named = () if found is None else found[1].purposes
    return tuple(declared[one].says for one in named if one in declared)


def confirm(token: str) -> Outcome:
    """Carry out what was ticked, for the holder of the address."""
    try:
        with transaction.atomic():
            found = asking.find(token, lock=True)
            if found is None:
                return "over"
            row, unproved = found
            outcome = _confirm(unproved)
            row.delete()
    except KeptError as error:
        return "busy" if error.code.id == _NOT_ACTIVE else "denied"
    return outcome


def _confirm(unproved: Unproved) -> Outcome:
    posted = promises.current()
    if posted.ordinal != unproved.version or unproved.point not in posted.policy.collect:
        return "changed"
    subject = _subject(unproved)
    if subject.restricted or subject.ceased:
        return "denied"
    if unproved.point == flows.POINT:
        _keep(subject, unproved, unproved.values)
    elif unproved.subject is None:
        storing.store_confirmed(unproved, subject)
    elif _is_ours(posted.policy, unproved):
        _keep(subject, unproved, {flows.email_field(): unproved.address})
    else:
        consent.give(
            subject.pk,
            point=unproved.point,
            purposes=unproved.purposes,
            shown=unproved.shown,
            asked_at=unproved.at,
        )
    return "confirmed"


def _keep(subject: Subject, unproved: Unproved, values: dict[str, str | int | bool]) -> None:
    with gate.purpose(unproved.purposes[0], actor=gate.VISITOR):
        flows.keep(
            subject.pk,
            values,
            unproved.purposes,
            unproved.shown,
            point=unproved.point,
            dropped=unproved.dropped,
            asked_at=unproved.at,
        )


def _is_ours(current: policy.Policy, unproved: Unproved) -> bool:
    """Whether all that was ticked elsewhere is what mailings are sent for."""
    clause = current.collect.get(flows.POINT)
    return clause is not None and set(unproved.purposes) <= set(clause.purposes)


def _subject(unproved: Unproved) -> Subject:
    """Whose the address is; it is theirs from now on where it was nobody's."""
    if unproved.subject is None:
        return vault.find_or_make(_EMAIL, unproved.address)
    return Subject.objects.get(pk=unproved.subject)


def _case(row: Asked, unproved: Unproved) -> _Case:
    site = promises.current().policy.meta.site
    person = vault.standing("email", unproved.address)
    link = f"{unproved.base}/news/confirm/{asking.token(row)}/"
    if person is None:
        return _Case(letters.confirm(site, link), row.subject_id, opens=True)
    if person.state != State.ACTIVE:
        return _Case(letters.busy(site))
    if person.restricted or person.ceased:
        return _Case(letters.busy(site), person.pk)
    return _Case(letters.confirm(site, link), person.pk, opens=True)


def _later(row: Asked, failure: failures.Failure) -> Written:
    if failure.final or row.attempts >= len(PAUSES):
        row.delete()
        return Written("failed")
    pause = PAUSES[row.attempts]
    Asked.objects.filter(pk=row.pk).update(attempts=row.attempts + 1)
    return Written("later", pause)

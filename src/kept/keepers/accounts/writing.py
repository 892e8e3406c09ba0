"""Which mail goes out for what was asked: the one place that looks whether an address is known.

Rules: one mail in every case, each saying what is so to the holder of the address alone; a step
that cannot be taken keeps nothing of what was typed; a mail that does not leave is tried again as
long as its link lasts.
"""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from kept import gate, promises, vault
from kept.keepers.accounts import letters, links
from kept.keepers.accounts.links import Asked
from kept.keepers.accounts.models import Link, User
from kept.keepers.sharing import direct, failures
from kept.keepers.sharing.compose import Letter
from kept.keepers.sharing.queueing import PAUSES
from kept.vault.models import State, Subject

_POINT = "account"


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a mail; `again`: seconds until it is tried once more, 0 for never."""

    word: str
    again: int = 0


class _Case(NamedTuple):
    """What to write, whose data it is (None: nobody's yet), whether the link stays open."""

    words: letters.Words
    subject: UUID | None = None
    opens: bool = False


def write(id: UUID) -> Written:
    """Send the mail of a link that is still open."""
    row = Link.objects.filter(pk=id).first()
    asked = None if row is None else links.asked_by(row)
    if row is None or asked is None:
        return Written("nothing")
    case = _CASES[Link.Kind(row.kind)](row, asked)
    if case.opens and case.subject is not None and row.subject_id is None:
        links.give_to(row, case.subject, asked)
    letter = Letter(asked.address, case.words.heading, case.words.text)
    failure = direct.send(letter, point=_POINT, subject=case.subject, mail=row.pk)
    if isinstance(failure, failures.Failure):
        return _later(row, failure)
    if failure is not None or not case.opens:
        row.delete()
    return Written("denied" if isinstance(failure, gate.Decision) else "sent")


def _later(row: Link, failure: failures.Failure) -> Written:
    if failure.final or row.attempts >= len(PAUSES):
        row.delete()
        return Written("failed")
    pause = PAUSES[row.attempts]
    Link.objects.filter(pk=row.pk).update(attempts=row.attempts + 1)
    return Written("later", pause)


def is_stopped(person: Subject) -> bool:
    """Whether what they asked about their data stands against a new account.

    A restriction does; a stop does unless the account rests on consent, which a new one lifts.
    """
    current = promises.current().policy
    clause = current.collect.get(_POINT)
    by_consent = clause is not None and current.purposes[clause.purposes[0]].basis == "consent"
    return person.restricted or (person.ceased and not by_consent)


def _register(row: Link, asked: Asked) -> _Case:
    site, person = _site(), _standing(asked.address)
    if person is None:
        return _Case(letters.confirm(site, _link(row, asked, "confirm")), opens=True)
    if person.state != State.ACTIVE:
        return _Case(letters.busy(site))
    if User.objects.filter(subject=person).exists():
        return _Case(letters.known(site, asked.base), person.pk)
    if is_stopped(person):
        return _Case(letters.busy(site), person.pk)
    return _Case(letters.confirm(site, _link(row, asked, "confirm")), person.pk, opens=True)


def _reset(row: Link, asked: Asked) -> _Case:
    site, person = _site(), _standing(asked.address)
    if person is not None and person.state != State.ACTIVE:
        return _Case(letters.busy(site))
    user = None if person is None else User.objects.filter(subject=person, is_active=True).first()
    if user is None:
        return _Case(letters.unknown(site, asked.base), None if person is None else person.pk)
    if row.subject_id is None:
        known = Asked(
            base=asked.base, address=asked.address, user=user.pk,
            session=user.get_session_auth_hash(),
        )  # fmt: skip
        links.give_to(row, user.subject_id, known)
    return _Case(letters.reset(site, _link(row, asked, "reset")), user.subject_id, opens=True)


def _address(row: Link, asked: Asked) -> _Case:
    site, person = _site(), _standing(asked.address)
    if person is not None and person.pk != row.subject_id:
        active = person.pk if person.state == State.ACTIVE else None
        return _Case(letters.taken(site), active)
    return _Case(letters.move(site, _link(row, asked, "address")), row.subject_id, opens=True)


def _told(row: Link, asked: Asked) -> _Case:
    return _Case(letters.moved(_site(), asked.base), row.subject_id)


_CASES = {
    Link.Kind.REGISTER: _register,
    Link.Kind.RESET: _reset,
    Link.Kind.ADDRESS: _address,
    Link.Kind.TOLD: _told,
}


def _site() -> str:
    return promises.current().policy.meta.site


def _standing(address: str) -> Subject | None:
    """Whoever the address stands for; a claim that was rolled back stands for nobody."""
    return vault.standing("email", address)


def _link(row: Link, asked: Asked, word: str) -> str:
    return f"{asked.base}/account/{word}/{links.token(row)}/"

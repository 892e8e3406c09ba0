"""A client closes their account: what was kept until then is destroyed, and what stays is said.

Rules (UI-14, UI-18): the password is asked for once more; whatever clause says `until = "account
closes"` ends at once, rows first and then the key that sealed them; consents that were given in the
account end; every session ends; what other clauses keep (a request, news) stays and is named with
its time, because closing an account is not the right to erasure, which has its own way; a hold or a
law keeps what it covers; the user name stands for nobody any more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from kept import gate, ledger, policy, promises, vault
from kept._kit.errors import KeptError
from kept.keepers.accounts import profiles, throttle
from kept.keepers.accounts.models import Link, OpenSession, User
from kept.keepers.consent import flows as consent

CLASS = policy.Keep("event", event="account closes").key_class
_USERNAME = "identity.username"
_HELD = "V063"
_FIXED = ("statutory-", "hold-")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that goes or stays."""

    says: str
    """What was done there, e.g. `send us a request`."""
    keep: str = ""
    """How long it stays, in the policy's words."""


@dataclass(frozen=True, slots=True)
class Closed:
    """What became of it. `stays` is told where it was closed; `wait` is in seconds."""

    outcome: Literal["closed", "refused", "slow", "held"]
    stays: tuple[Line, ...] = ()
    wait: int = 0


def goes(user: User) -> tuple[Line, ...]:
    """What closing the account ends."""
    points = {name for name, kept in vault.kept_of(user.person).items() if CLASS in kept}
    return tuple(_lines(points, {}))


def stays(subject: UUID) -> tuple[Line, ...]:
    """What other clauses, a law or a hold keep of the person."""
    left = {name: kept - {CLASS} for name, kept in vault.kept_of(subject).items() if kept - {CLASS}}
    return tuple(_lines(left, left))


def close(user: User, password: str) -> Closed:
    """Close the account of the signed-in `user`."""
    wait = throttle.wait(user.get_username())
    if wait:
        return Closed("slow", wait=wait)
    if not user.check_password(password):
        return Closed("refused")
    throttle.forget(user.get_username())
    subject, name = user.person, _username(user)
    try:
        _close(user)
    except KeptError as error:
        if error.code.id != _HELD:
            raise
        return Closed("held")
    for category, value in name:
        vault.release(category, value, subject)
    vault.end_class(subject, CLASS)
    return Closed("closed", stays(subject))


@ledger.flow(ledger.Account, may=[ledger.Withdrawn, ledger.Expired])
def _close(user: User) -> None:
    subject, account = user.person, str(user.pk)
    ended = _given_here_only(subject)
    if ended:
        consent.withdraw(subject, ended)
    OpenSession.objects.filter(account=user).delete()
    Link.objects.filter(subject_id=subject).delete()
    vault.remove_class(subject, CLASS)
    User.objects.filter(pk=user.pk).delete()
    ledger.record(ledger.Account(what="closed", account=account), subject)


def _given_here_only(subject: UUID) -> list[str]:
    """The purposes whose standing consents were all given for what ends with the account."""
    clauses = promises.current().policy.collect
    ending = {id for id, one in clauses.items() if one.keep.key_class == CLASS}
    points: dict[str, set[str]] = {}
    for purpose, point in consent.standing(subject).values_list("purpose", "point"):
        points.setdefault(purpose, set()).add(point)
    return sorted(purpose for purpose, given in points.items() if given <= ending)


def _username(user: User) -> list[tuple[str, str]]:
    """The name that they chose, as it was claimed."""
    clause = promises.current().policy.collect.get("account")
    asked = {} if clause is None else clause.asked
    with gate.purpose(gate.OWN_DATA, actor=gate.Actor("subject", str(user.person))):
        values = profiles.values_of(profiles.row_of(user.person))
    return [(_USERNAME, str(one)) for name, one in values.items() if asked.get(name) == _USERNAME]


def _lines(points: Iterable[str], kept: dict[str, set[str]]) -> Iterable[Line]:
    current = promises.current().policy
    for name in sorted(points):
        clause = current.collect.get(name)
        if clause is None:
            yield Line(name, "as the policy says that it was given under")
        else:
            yield Line(clause.says, _how_long(current, name, kept.get(name, set())))


def _how_long(current: policy.Policy, point: str, classes: set[str]) -> str:
    if any(one.startswith(_FIXED) for one in classes):
        return "as long as a law or a legal dispute requires"
    notice: Any = policy.prose.notice(current, point)
    return str(notice.keep_text)

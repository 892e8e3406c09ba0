"""A forgotten password: asked for by address, replaced through the link in the mail.

Rules: the page says and does the same for every address; the link ends with the password that it
replaces, and after a day; a new password signs out everywhere and signs nobody in; the second
factor, where there is one, is still asked for.
"""

from dataclasses import dataclass
from typing import Literal

from django.db import transaction

from kept import ledger
from kept.keepers.accounts import address, flows, jobs, links, throttle
from kept.keepers.accounts.links import Asked
from kept.keepers.accounts.models import Link, OpenSession, User

_brake = address.Brake(limit=30)


@dataclass(frozen=True, slots=True)
class Replaced:
    """What became of a new password; `problems` are words for the person."""

    outcome: Literal["replaced", "over", "refused"]
    problems: tuple[str, ...] = ()


def ask(to: str, *, base: str, come_from: str) -> int:
    """Have a mail sent to `to`; seconds to wait instead, where too many were asked for."""
    wait = _brake.wait(come_from) or throttle.wait(f"mail to {to}")
    if not wait:
        with transaction.atomic():
            jobs.enqueue(links.begin(Link.Kind.RESET, Asked(base=base, address=to)))
    return wait


def is_open(token: str) -> bool:
    """Whether the link still opens anything."""
    return _user(token) is not None


def replace(token: str, new: str) -> Replaced:
    """Put `new` in place of the forgotten password."""
    with transaction.atomic():
        user = _user(token, lock=True)
        if user is None:
            return Replaced("over")
        problems = flows.password_problems(user, new)
        if problems:
            return Replaced("refused", problems)
        _store(user, new)
    return Replaced("replaced")


@ledger.flow(ledger.Account)
def _store(user: User, new: str) -> None:
    flows.store_password(user, new)
    OpenSession.objects.filter(account=user).delete()
    Link.objects.filter(kind=Link.Kind.RESET, subject_id=user.person).delete()


def _user(token: str, *, lock: bool = False) -> User | None:
    found = links.find(token, Link.Kind.RESET, lock=lock)
    if found is None or found[1].user is None:
        return None
    user = User.objects.filter(pk=found[1].user, is_active=True).first()
    if user is None or user.get_session_auth_hash() != found[1].session:
        return None
    return user

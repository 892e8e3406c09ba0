"""Another address for an account: asked for with the password, proved at the new address.

Rules: nothing changes before the link in the mail to the new address is followed; the old address
is told; an address that stands for another person is never taken over, and only its holder is told
that it is known; other keepers hear of it (`moved`), so that no copy of the old one stays in use.
"""

from dataclasses import dataclass
from typing import Literal

from django.db import transaction
from django.dispatch import Signal

from kept import gate, ledger, vault
from kept._kit.errors import KeptError
from kept.keepers.accounts import jobs, links, throttle
from kept.keepers.accounts.links import Asked
from kept.keepers.accounts.models import Link, User

moved = Signal()
"""Sent in the transaction of a change, within the person's own scope: `subject`, `address`."""
_EMAIL = "contact.email"


@dataclass(frozen=True, slots=True)
class Asking:
    """`refused`: the password is not right. `wait` is in seconds."""

    outcome: Literal["asked", "refused", "slow"]
    wait: int = 0


def ask(user: User, to: str, *, password: str, base: str) -> Asking:
    """Have a mail sent to the address that the account is to have."""
    wait = throttle.wait(user.get_username()) or throttle.wait(f"mail to {to}")
    if wait:
        return Asking("slow", wait)
    if not user.check_password(password):
        return Asking("refused")
    throttle.forget(user.get_username())
    asked = Asked(base=base, address=to, user=user.pk, session=user.get_session_auth_hash())
    with transaction.atomic():
        jobs.enqueue(links.begin(Link.Kind.ADDRESS, asked, user.subject_id))
    return Asking("asked")


def is_open(token: str) -> bool:
    """Whether the link still opens anything."""
    return _find(token) is not None


def confirm(token: str) -> Literal["moved", "over", "taken"]:
    """Give the account the address that the link proves."""
    try:
        with transaction.atomic():
            found = _find(token, lock=True)
            if found is None:
                return "over"
            row, asked, user = found
            _move(user, asked)
            row.delete()
    except KeptError:
        return "taken"
    return "moved"


@ledger.flow(ledger.Changed)
def _move(user: User, asked: Asked) -> None:
    with gate.purpose(gate.OWN_DATA, actor=gate.Actor("subject", str(user.person))):
        before = str(user.email)
        user.email = asked.address
        user.save()
        moved.send(User, subject=user.subject_id, address=asked.address)
    if vault.normal(_EMAIL, before) != vault.normal(_EMAIL, asked.address):
        vault.release(_EMAIL, before, user.person)
    told = Asked(base=asked.base, address=before)
    jobs.enqueue(links.begin(Link.Kind.TOLD, told, user.subject_id))
    changed = ledger.Changed(point="account", categories=(_EMAIL,), row=user.pk)
    ledger.record(changed, user.subject_id)


def _find(token: str, *, lock: bool = False) -> tuple[Link, Asked, User] | None:
    found = links.find(token, Link.Kind.ADDRESS, lock=lock)
    if found is None:
        return None
    user = User.objects.filter(pk=found[1].user, is_active=True).first()
    if user is None or user.get_session_auth_hash() != found[1].session:
        return None
    return (*found, user)

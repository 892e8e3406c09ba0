"""Staff's accounts, from the outside: who there is, a new one, and help for who lost their factor.

Rules: nobody gets into another's account by this: what is taken away is replaced by a one-time
password that its owner has to change, and a second factor that they have to set up anew; where
another member of staff has a second factor, one of them agrees with a code of their own; it ends
every session of the account; it is on record, with who agreed and why. For staff only: clients
regain theirs through their address.
"""

from dataclasses import dataclass
from typing import Literal

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError

from kept import ledger
from kept._kit.errors import KeptError, code
from kept.keepers.accounts import factors, passwords, throttle
from kept.keepers.accounts.models import OpenSession, Role, User
from kept.vault.users import not_an_address

TAKEN = code("A001", "There is such an account already", do="choose another user name")
NO_NAME = code(
    "A002", "This cannot be a user name", do="use 3 to 60 letters, digits and . + - _, no address"
)
NOBODY = code("A003", "There is no such member of staff", do="see `kept account list`")
ANOTHER = code(
    "A004",
    "Another member of staff has to agree",
    do="name one with --by and give the code that their authenticator shows now",
)
WRONG_CODE = code("A005", "The code is not right", do="wait for the next one and try again")
LAST = code("A006", "This is the last member of staff who can sign in", do="make another one first")
_SHORTEST = 3
Why = Literal["lost", "compromised", "left", "other"]


@dataclass(frozen=True, slots=True)
class Member:
    """One member of staff, as the list shows them. Nothing here is personal."""

    name: str
    display: str
    role: str
    active: bool
    enrolled: bool
    """Whether a second factor is set up."""
    codes: int
    """Recovery codes left."""
    one_time: bool
    """Whether the password is one that was handed out and not replaced yet."""


def members() -> list[Member]:
    """Every member of staff, by name."""
    return [
        Member(
            user.username,
            user.display_name,
            user.role,
            user.is_active,
            factors.enrolled(user),
            factors.codes_left(user),
            user.one_time,
        )
        for user in User.objects.filter(is_staff=True).order_by("username")
    ]


def approvers(name: str) -> list[str]:
    """Who can agree to what is done to `name`: other active staff with a second factor."""
    return [one.name for one in members() if one.active and one.enrolled and one.name != name]


@ledger.flow(ledger.Account)
def create(name: str, display: str = "", role: str = Role.OPERATOR) -> str:
    """A new member of staff; their one-time password. Raises `KeptError` A001, A002."""
    _check(name)
    if User.objects.filter(username__iexact=name).exists():
        raise KeptError(TAKEN, f"`{name}`")
    password = passwords.one_time()
    user = User(username=name, display_name=display, role=role, is_staff=True, one_time=True)
    user.set_password(password)
    user.save(force_insert=True)
    ledger.record(ledger.Account(what="opened", account=str(user.pk)), user.subject_id)
    return password


def reset(name: str, why: Why, *, by: str = "", code: str = "") -> str:
    """Take password and second factor away; the one-time password that replaces them.

    `by` and `code`: who agrees, and what their authenticator shows. Raises `KeptError` A003 to
    A005.
    """
    user = _found(name)
    agreed = _agreed(name, by, code)
    password = passwords.one_time()
    _reset(user, password, why, agreed)
    throttle.forget(name)
    throttle.forget(f"code of {user.pk}")
    return password


def shut(name: str, why: Why, *, by: str = "", code: str = "") -> None:
    """Nobody signs in to it any more. Raises `KeptError` A003 to A006."""
    user = _found(name)
    if not User.objects.filter(is_staff=True, is_active=True).exclude(pk=user.pk).exists():
        raise KeptError(LAST, f"`{name}`")
    _shut(user, why, _agreed(name, by, code))


@ledger.flow(ledger.Account)
def _reset(user: User, password: str, why: Why, agreed: User | None) -> None:
    factors.remove(user)
    user.set_password(password)
    user.one_time = True
    user.save(update_fields=["password", "one_time"])
    _end_and_record(user, "reset", why, agreed)


@ledger.flow(ledger.Account)
def _shut(user: User, why: Why, agreed: User | None) -> None:
    factors.remove(user)
    user.set_unusable_password()
    user.is_active = False
    user.save(update_fields=["password", "is_active"])
    _end_and_record(user, "shut", why, agreed)


def _end_and_record(
    user: User, what: Literal["reset", "shut"], why: Why, agreed: User | None
) -> None:
    OpenSession.objects.filter(account=user).delete()
    event = ledger.Account(
        what=what, account=str(user.pk), by=str(agreed.pk) if agreed else None, why=why
    )
    ledger.record(event, user.subject_id)


def _agreed(name: str, by: str, code: str) -> User | None:
    """Who agreed; None where there is nobody else to ask."""
    able = approvers(name)
    if not able:
        return None
    if by not in able:
        raise KeptError(ANOTHER, f"`{by or 'nobody'}` cannot agree to it; {', '.join(able)} can")
    person = _found(by)
    if throttle.wait(f"code of {person.pk}") or not factors.take(person, code):
        raise KeptError(WRONG_CODE, f"of `{by}`")
    throttle.forget(f"code of {person.pk}")
    return person


def _found(name: str) -> User:
    user = User.objects.filter(username=name, is_staff=True).first()
    if user is None:
        raise KeptError(NOBODY, f"`{name}`")
    return user


def _check(name: str) -> None:
    try:
        UnicodeUsernameValidator()(name)
        not_an_address(name)
    except ValidationError:
        raise KeptError(NO_NAME, f"`{name[:60]}`") from None
    if not _SHORTEST <= len(name) <= int(User._meta.get_field("username").max_length or 0):
        raise KeptError(NO_NAME, f"`{name[:60]}`")

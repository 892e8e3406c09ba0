"""Signing in, signing out, passwords, the first operator: one function per verb.

Rules: an attempt is counted before it is judged; every refusal reads the same; a one-time password
signs nobody in, it only opens the page that replaces it, and that page signs in; signing out
removes the session on the server, its cookie and what the browser kept; a new password ends every
other session (the session hash covers it); each of them is recorded, without time or address.
"""

import secrets
from dataclasses import dataclass
from typing import Literal

from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from kept import ledger, promises
from kept.keepers.accounts import address, passwords, throttle
from kept.keepers.accounts.models import User

OPERATOR = "operator"
_FIRST = "kept_first_password"
_WORDS = "abcdefghijkmnpqrstuvwxyz23456789"
"""No characters that look alike: a one-time password is read off a screen."""

_brake = address.Brake()
_recording = ledger.flow(may=[ledger.Account], own_transactions=True)
"""An attempt stays counted whatever becomes of the rest, so each opens its own transactions."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The session is the user's."""

    user: User


@dataclass(frozen=True, slots=True)
class MustReplace:
    """The one-time password was right; nothing is open but its replacement."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Not signed in; `wait` is in seconds, 0 where another attempt may be made now."""

    wait: int = 0


@dataclass(frozen=True, slots=True)
class PasswordRefused:
    """The password stays as it was; `problems` are words for the person."""

    problems: tuple[str, ...]


def make_operator() -> tuple[str, str] | None:
    """Create the first member of staff.

    User name and one-time password, told once and kept nowhere; None where there is an operator.
    """
    if User.objects.filter(is_staff=True).exists():
        return None
    password = "-".join("".join(secrets.choice(_WORDS) for _ in range(5)) for _ in range(4))
    user = User(username=OPERATOR, display_name="Operator", is_staff=True, one_time=True)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        return None
    return OPERATOR, password


@_recording
def sign_in(request: HttpRequest, name: str, password: str) -> SignedIn | MustReplace | Refused:
    """Judge name (email or user name) and password; open a session where both are right."""
    wait = _brake.wait(address.of(request)) or throttle.wait(name)
    if wait:
        return Refused(wait)
    user = authenticate(request, username=name, password=password)
    if not isinstance(user, User):
        return Refused()
    throttle.forget(name)
    if user.one_time:
        request.session.flush()
        request.session[_FIRST] = [str(user.pk), user.get_session_auth_hash()]
        return MustReplace()
    with transaction.atomic():
        login(request, user)
        _record("signed-in", user)
    return SignedIn(user)


def replacing(request: HttpRequest) -> User | None:
    """Who has given a one-time password in this session and must replace it now."""
    kept = request.session.get(_FIRST)
    if not kept:
        return None
    user = User.objects.filter(pk=kept[0], is_active=True, one_time=True).first()
    if user is None or not constant_time_compare(kept[1], user.get_session_auth_hash()):
        return None
    return user


@_recording
def replace_one_time(request: HttpRequest, user: User, new: str) -> SignedIn | PasswordRefused:
    """Put the person's own password in place of the one-time password, and sign in."""
    if user.check_password(new):
        return PasswordRefused(("This is the password you were given. Choose your own.",))
    found = _problems(user, new)
    if found:
        return PasswordRefused(found)
    with transaction.atomic():
        _store(user, new)
        request.session.pop(_FIRST, None)
        login(request, user, backend="kept.keepers.accounts.backend.ByIdentifier")
        _record("signed-in", user)
    return SignedIn(user)


@_recording
def set_password(
    request: HttpRequest, user: User, *, current: str, new: str
) -> SignedIn | PasswordRefused | Refused:
    """Change the password of the signed-in `user`; every other session of theirs ends."""
    wait = throttle.wait(user.get_username())
    if wait:
        return Refused(wait)
    if not user.check_password(current):
        return PasswordRefused(("The current password is not right.",))
    throttle.forget(user.get_username())
    found = _problems(user, new)
    if found:
        return PasswordRefused(found)
    with transaction.atomic():
        _store(user, new)
        update_session_auth_hash(request, user)
    return SignedIn(user)


@_recording
def sign_out(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """End the session on the server; `response` (W3C Clear Site Data) ends it in the browser."""
    user = request.user
    with transaction.atomic():
        logout(request)
        if isinstance(user, User):
            _record("signed-out", user)
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response


def _problems(user: User, new: str) -> tuple[str, ...]:
    site = promises.current().policy.meta.site
    return passwords.problems(new, context=(site, user.get_username(), user.display_name))


def _store(user: User, new: str) -> None:
    user.set_password(new)
    user.one_time = False
    user.save(update_fields=["password", "one_time"])
    _record("password", user)


def _record(what: Literal["signed-in", "signed-out", "password"], user: User) -> None:
    ledger.record(ledger.Account(what=what, account=str(user.pk)), user.subject_id)

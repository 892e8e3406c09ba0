"""Signing in, signing out, passwords, the first operator: one function per verb.

Rules: an attempt is counted before it is judged; every refusal reads the same; a one-time password
signs nobody in, it only opens the page that replaces it; where a second factor is set up, a right
password opens nothing but the page that asks for its code; signing out removes the session on the
server, its cookie and what the browser kept; a new password ends every other session (the session
hash covers it); each of them is recorded, without time or address.
"""

from dataclasses import dataclass
from typing import Literal

from django.contrib.auth import (
    authenticate,
    get_user_model,
    login,
    logout,
    update_session_auth_hash,
)
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from kept import ledger, promises
from kept.keepers.accounts import address, factors, passwords, throttle
from kept.keepers.accounts.models import OpenSession, User

OPERATOR = "operator"
_FIRST = "kept_first_password"
_SECOND = "kept_second_factor"
_BACKEND = "kept.keepers.accounts.backend.ByIdentifier"
_brake = address.Brake()
_CACHE, _COOKIES_TOO = '"cache", "storage"', '"cache", "cookies", "storage"'
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
class MustProve:
    """The password was right; nothing is open but the page that asks for a code."""


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

    User name and one-time password, told once and kept nowhere; None where there is an operator,
    and where the host has a user model of its own, whose operators are its own matter.
    """
    if get_user_model() is not User or User.objects.filter(is_staff=True).exists():
        return None
    password = passwords.one_time()
    user = User(username=OPERATOR, display_name="Operator", is_staff=True, one_time=True)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        return None
    return OPERATOR, password


@_recording
def sign_in(
    request: HttpRequest, name: str, password: str
) -> SignedIn | MustReplace | MustProve | Refused:
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
    return _enter(request, user)


def proving(request: HttpRequest) -> User | None:
    """Who has given a right password in this session and must now give a code."""
    return _waiting(request, _SECOND, one_time=False)


@_recording
def second_factor(request: HttpRequest, user: User, code: str) -> SignedIn | Refused:
    """Judge a code of the authenticator, or a recovery code; open the session where it is right."""
    name = f"code of {user.pk}"
    wait = throttle.wait(name)
    if wait:
        return Refused(wait)
    if not factors.take(user, code):
        return Refused()
    throttle.forget(name)
    with transaction.atomic():
        request.session.pop(_SECOND, None)
        login(request, user, backend=_BACKEND)
        _record("signed-in", user)
    return SignedIn(user)


def replacing(request: HttpRequest) -> User | None:
    """Who has given a one-time password in this session and must replace it now."""
    return _waiting(request, _FIRST, one_time=True)


@_recording
def replace_one_time(
    request: HttpRequest, user: User, new: str
) -> SignedIn | MustProve | PasswordRefused:
    """Put the person's own password in place of the one-time password, and sign in."""
    if user.check_password(new):
        return PasswordRefused(("This is the password you were given. Choose your own.",))
    found = password_problems(user, new)
    if found:
        return PasswordRefused(found)
    with transaction.atomic():
        store_password(user, new)
        request.session.pop(_FIRST, None)
        return _enter(request, user)


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
    found = password_problems(user, new)
    if found:
        return PasswordRefused(found)
    with transaction.atomic():
        store_password(user, new)
        update_session_auth_hash(request, user)
        user.sessions.exclude(session_key=request.session.session_key).delete()
    return SignedIn(user)


@_recording
def sign_out(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """End the session on the server; `response` (W3C Clear Site Data) ends it in the browser."""
    user = request.user
    with transaction.atomic():
        logout(request)
        if isinstance(user, User):
            _record("signed-out", user)
    return cleared(response)


@_recording
def sign_out_everywhere(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """End every session of the account, this one included."""
    user = request.user
    with transaction.atomic():
        if isinstance(user, User):
            OpenSession.objects.filter(account=user).delete()
            _record("signed-out", user)
        logout(request)
    return cleared(response)


def password_problems(user: User, new: str) -> tuple[str, ...]:
    """Why `new` cannot be the password of `user`, in words for the person."""
    site = promises.current().policy.meta.site
    return passwords.problems(new, context=(site, user.get_username(), user.display_name))


def store_password(user: User, new: str) -> None:
    """Store a password that has no problems, and record that, in the caller's transaction."""
    user.set_password(new)
    user.one_time = False
    user.save(update_fields=["password", "one_time"])
    _record("password", user)


def _enter(request: HttpRequest, user: User) -> SignedIn | MustProve:
    """Open the session, or ask for the second factor first; staff without one are prepared."""
    if factors.enrolled(user):
        request.session.flush()
        request.session[_SECOND] = [str(user.pk), user.get_session_auth_hash()]
        return MustProve()
    with transaction.atomic():
        login(request, user, backend=_BACKEND)
        _record("signed-in", user)
    if user.is_staff:
        factors.begin(user)
    return SignedIn(user)


def _waiting(request: HttpRequest, word: str, *, one_time: bool) -> User | None:
    """The user whom the session remembers under `word`, while their password stays the same."""
    kept = request.session.get(word)
    if not kept:
        return None
    user = User.objects.filter(pk=kept[0], is_active=True, one_time=one_time).first()
    if user is None or not constant_time_compare(kept[1], user.get_session_auth_hash()):
        return None
    return user


def forget_here(request: HttpRequest) -> None:
    """The account is gone, and its sessions with it: so is what this request knew of it."""
    logout(request)


def cleared(response: HttpResponse) -> HttpResponse:
    """What the browser kept for this site goes as well (W3C Clear Site Data).

    All of its cookies, too, unless the policy has one that outlives a log-out, such as the choice
    about optional ones, which is not asked anew; the session's own goes in any case.
    """
    declared = promises.current().policy.cookies.values()
    stays = any(one.longest.seconds is not None for one in declared)
    response.headers["Clear-Site-Data"] = _CACHE if stays else _COOKIES_TOO
    return response


def _record(what: Literal["signed-in", "signed-out", "password"], user: User) -> None:
    ledger.record(ledger.Account(what=what, account=str(user.pk)), user.subject_id)

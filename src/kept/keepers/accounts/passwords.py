"""What a password must be (NIST SP 800-63B-4, section 3.1.1.2).

Rules: at least 15 characters, because it is the only factor; no composition rules, no forced
change, every character counts and none is cut off; refused is what attackers try first: a commonly
used password, a name of this site or of the account, a run such as `123456789`, one of these
repeated, or two of them put together. Compared whole and case-folded, hashed in Unicode's NFC.
"""

import secrets
import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import pairwise

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

SHORTEST = 15
LONGEST = 512
"""Above this a request would buy work with bytes; NIST asks for at least 64."""
_SIGNS = "abcdefghijkmnpqrstuvwxyz23456789"
"""No characters that look alike: a one-time password is read off a screen."""
_SMALLEST_PIECE = 4
"""Shorter runs and repetitions stand in good passphrases too."""


def one_time() -> str:
    """A password to be handed out, told once and kept nowhere: 20 characters, near 100 bits."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(5)) for _ in range(4))


def normal(password: str) -> str:
    """The form that is hashed: one password, whichever way a keyboard spells its accents."""
    return unicodedata.normalize("NFC", password)


def problems(password: str, *, context: Iterable[str] = ()) -> tuple[str, ...]:
    """Why `password` cannot be used, in words for the person who typed it; empty where it can.

    `context` names what belongs to the site or the account: its user name, the site's name.
    """
    length = len(normal(password))
    if length < SHORTEST:
        return (f"Use at least {SHORTEST} characters. A few unrelated words are easy to remember.",)
    if length > LONGEST:
        return (f"Use at most {LONGEST} characters.",)
    if _is_guessed_first(_plain(password), frozenset(_names(context))):
        return ("This password is among the first that are guessed. Choose another one.",)
    return ()


class Rules:
    """The same rules as one of Django's password validators, for `manage.py changepassword`."""

    def validate(self, password: str, user: object = None) -> None:
        """Raise `ValidationError` with the problems of `password`."""
        found = problems(password, context=[getattr(user, "username", "") or ""])
        if found:
            raise ValidationError(list(found), code="password_refused")

    def get_help_text(self) -> str:
        """What is asked for, in one sentence."""
        return f"At least {SHORTEST} characters; any characters, spaces included."


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _names(context: Iterable[str]) -> Iterable[str]:
    for name in context:
        plain = _plain(name)
        yield from (part for part in (plain, *plain.split()) if len(part) >= _SMALLEST_PIECE)


@cache
def _common() -> frozenset[str]:
    """Django's list of the 20,000 most used passwords."""
    return frozenset(CommonPasswordValidator().passwords)


def _is_guessed_first(password: str, names: frozenset[str]) -> bool:
    """True where `password` is one such piece or two of them side by side."""
    if _is_piece(password, names):
        return True
    last = len(password) - _SMALLEST_PIECE
    return any(
        _is_piece(password[:cut], names) and _is_piece(password[cut:], names)
        for cut in range(_SMALLEST_PIECE, last + 1)
    )


def _is_piece(text: str, names: frozenset[str]) -> bool:
    if text in names or text in _common() or _is_run(text):
        return True
    unit = _smallest_unit(text)
    return len(unit) < len(text) and (
        len(unit) < _SMALLEST_PIECE or unit in names or unit in _common() or _is_run(unit)
    )


def _is_run(text: str) -> bool:
    """`abcdef`, `654321`; digits go round (`7890123`)."""
    steps = {
        (ord(after) - ord(before)) % (10 if before.isdigit() and after.isdigit() else 0x110000)
        for before, after in pairwise(text)
    }
    return len(steps) == 1 and steps <= {1, 9, 0x110000 - 1}


def _smallest_unit(text: str) -> str:
    """The shortest text whose repetition is `text` (`abab` gives `ab`)."""
    length = (text + text).find(text, 1)
    return text[:length]

"""Identifiers of subjects: how they are normalised, found, claimed and released.

Rules: two spellings of one address are one identifier (RFC 5321: domains have no case; mailboxes
are folded too, as every large provider does); an identifier stands for one subject; nothing here
returns or logs the thing itself.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from kept.vault.errors import IDENTIFIER, NotStoredError, RefusedError
from kept.vault.keystore import keystore

_NOT_DIGITS = re.compile(
    r"[\s()./\-\u2010-\u2015\u2212\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
"""Blanks, brackets, every dash, and the marks of direction that come with a copied number."""


def _folded(value: str) -> str:
    return unicodedata.normalize("NFKC", value).strip().casefold()


def _email(value: str) -> str:
    local, at, domain = _folded(value).rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode()
    except UnicodeError:
        ascii_domain = domain
    return f"{local}{at}{ascii_domain}"


def _phone(value: str) -> str:
    plain = _NOT_DIGITS.sub("", unicodedata.normalize("NFKC", value))
    digits = "".join(str(unicodedata.decimal(one, one)) for one in plain)
    return f"+{digits[2:]}" if digits.startswith("00") else digits


_KINDS: Mapping[str, Callable[[str], str]] = {
    "email": _email,
    "phone": _phone,
    "username": _folded,
}
KINDS = tuple(_KINDS)
"""The kinds of identifiers that there are."""
_OF_CATEGORY = {
    "contact.email": "email",
    "contact.phone": "phone",
    "contact.mobile": "phone",
    "identity.username": "username",
}


def kind_of(name: str) -> str | None:
    """The kind of identifier of a category or kind; None where it is no identifier."""
    return name if name in _KINDS else _OF_CATEGORY.get(name)


def normal(name: str, value: str) -> str:
    """`value` in the one spelling of its kind, empty for nobody's. Raises `RefusedError` V015."""
    kind = kind_of(name)
    if kind is None:
        raise RefusedError(
            IDENTIFIER, f"`{name}` is no kind of identifier", do="use email, phone, username"
        )
    made = _KINDS[kind](value)
    try:
        made.encode()
    except UnicodeEncodeError:  # half of a surrogate pair: no text, and so nobody's identifier
        return ""
    return made


def holder(name: str, value: str) -> UUID | None:
    """The subject that an identifier stands for."""
    plain = normal(name, value)
    return keystore().identifiers.holder(kind_of(name) or name, plain) if plain else None


def holders(name: str, values: Sequence[str]) -> Mapping[str, UUID]:
    """The subjects that several stand for, by normalised value, in one query."""
    wanted = [plain for plain in (normal(name, value) for value in values) if plain]
    return keystore().identifiers.holders(kind_of(name) or name, wanted)


def claim(name: str, value: str, subject: UUID) -> UUID:
    """Let it stand for `subject` unless it has a holder; the holder. Raises V015."""
    plain = normal(name, value)
    if not plain:
        raise NotStoredError(IDENTIFIER, f"an empty `{kind_of(name)}` stands for nobody")
    return keystore().identifiers.claim(kind_of(name) or name, plain, subject)


def claim_all(name: str, wanted: Mapping[str, UUID]) -> Mapping[str, UUID]:
    """Let normalised values stand for subjects, each unless it has a holder; the holders."""
    return keystore().identifiers.claim_all(kind_of(name) or name, wanted)


def release(name: str, value: str, subject: UUID) -> None:
    """Let it no longer stand for `subject`."""
    keystore().identifiers.release(kind_of(name) or name, normal(name, value), subject)

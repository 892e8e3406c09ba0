"""Signed notes (C2SP signed-note): a text, a blank line, and signature lines by named keys.

Rules: the text is believed only once a trusted key's signature holds; a wrong signature of a
trusted key spoils the note, one of an unknown key counts for nothing; one spelling only, no control
characters, at most 64 KiB and 16 signatures.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from kept.ledger.log.errors import KEY, NOTE, SIGNATURE, UNSIGNED, LogError
from kept.ledger.log.text import from_base64, to_base64

ED25519 = 1
"""The signature type of Ed25519 in key ids and keys."""
_LONGEST = 65_536
_MOST = 16
_LINE = re.compile("— ([^ ]+) ([A-Za-z0-9+/=]+)")
_KEY = re.compile(r"([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)")
_KEY_ID = 4


class Signer(Protocol):
    """Signs notes under a name."""

    name: str
    key_id: bytes

    def sign(self, text: bytes) -> bytes:
        """The signature over `text`."""
        ...


class Verifier(Protocol):
    """Knows the signatures of one key."""

    name: str
    key_id: bytes

    def verify(self, text: bytes, signature: bytes) -> bool:
        """True where `signature` is this key's over `text`."""
        ...


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line, read but not verified."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A note, read but not verified."""

    text: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A verifier key as it is published: `name+id+base64(type, key)`."""

    name: str
    type: int
    key: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that, with the name, tell this key from others."""
        return key_id(self.name, self.type, self.key)

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{to_base64(bytes([self.type]) + self.key)}"


def key_id(name: str, type_: int, key: bytes) -> bytes:
    """The first four bytes of SHA-256 over name, newline, type and key."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([type_]) + key).digest()[:_KEY_ID]


def parse_key(text: str) -> PublicKey:
    """The verifier key of `text`. Raises `LogError` L113."""
    found = _KEY.fullmatch(text)
    if not found or not _is_name(found[1]):
        raise LogError(KEY, f"`{text[:80]}`")
    try:
        data = from_base64(found[3])
    except ValueError as error:
        raise LogError(KEY, f"`{text[:80]}`: {error}") from error
    made = PublicKey(found[1], data[0], data[1:]) if len(data) > 1 else None
    if made is None or made.key_id.hex() != found[2]:
        raise LogError(KEY, f"the id `{found[2]}` is not this key's")
    return made


def sign(text: str, *signers: Signer) -> str:
    """The note of `text`, signed. Raises `LogError` L108 for a text that no note can hold."""
    data = text.encode()
    lines = [f"— {one.name} {to_base64(one.key_id + one.sign(data))}\n" for one in signers]
    made = f"{text}\n{''.join(lines)}"
    parse(made.encode())
    return made


def verify(data: bytes, verifiers: Iterable[Verifier]) -> Note:
    """The note of `data`, signed by at least one of `verifiers`.

    Raises `LogError` L108 (malformed), L109 (no trusted signature) or L110 (a wrong one).
    """
    note = parse(data)
    known = {(one.name, one.key_id): one for one in verifiers}
    trusted = 0
    for line in note.signatures:
        verifier = known.get((line.name, line.key_id))
        if verifier is None:
            continue
        if not verifier.verify(note.text.encode(), line.signature):
            raise LogError(SIGNATURE, f"by `{line.name}`")
        trusted += 1
    if not trusted:
        names = ", ".join(sorted({f"`{line.name}`" for line in note.signatures}))
        raise LogError(UNSIGNED, f"signed by {names} only")
    return note


def parse(data: bytes) -> Note:
    """The note of `data`, not yet believed. Raises `LogError` L108."""
    if len(data) > _LONGEST:
        raise LogError(NOTE, f"`{len(data)}` bytes, more than {_LONGEST}")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise LogError(NOTE, f"not UTF-8: {error}") from error
    if any(letter < " " and letter != "\n" for letter in text):
        raise LogError(NOTE, "a control character")
    body, blank, tail = text.rpartition("\n\n")
    if not blank or not body or not tail.endswith("\n"):
        raise LogError(NOTE, "no text, blank line and signature lines")
    lines = tail[:-1].split("\n")
    if len(lines) > _MOST:
        raise LogError(NOTE, f"`{len(lines)}` signatures, more than {_MOST}")
    return Note(body + "\n", tuple(_line(line) for line in lines))


def _line(line: str) -> Signature:
    found = _LINE.fullmatch(line)
    if not found or not _is_name(found[1]):
        raise LogError(NOTE, f"`{line[:80]}` is no signature line")
    try:
        data = from_base64(found[2])
    except ValueError as error:
        raise LogError(NOTE, f"`{line[:80]}`: {error}") from error
    if len(data) <= _KEY_ID:
        raise LogError(NOTE, f"`{line[:80]}` holds no signature")
    return Signature(found[1], data[:_KEY_ID], data[_KEY_ID:])


def _is_name(name: str) -> bool:
    return bool(name) and not any(letter == "+" or letter.isspace() for letter in name)

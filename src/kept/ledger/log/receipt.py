"""Receipts: an event with what proves that it stands in the log, checked without any database.

A receipt is canonical JSON: `format`, `event` (its exact text), `nonce`, `day`, `index`, `proof`,
`checkpoint` (a signed note) and `key` (the log's verifier key, to be compared, never believed).

Rules, in this order: the form; the checkpoint's signature by a key that the reader trusts; the
leaf, made anew from event, nonce and day, against the checkpoint's root.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from kept._kit import canonical
from kept.ledger.log import checkpoint as checkpoints
from kept.ledger.log import hashing, leaf, note, proofs
from kept.ledger.log.checkpoint import Checkpoint
from kept.ledger.log.errors import RECEIPT, LogError
from kept.ledger.log.text import from_base64, to_base64

FORMAT = "kept-receipt-1"
_FIELDS = {
    "format": str, "event": str, "nonce": str, "day": str, "index": int, "proof": list,
    "checkpoint": str, "key": str,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Receipt:
    """One event and its proof."""

    event: bytes
    nonce: bytes
    day: date
    index: int
    proof: tuple[bytes, ...]
    checkpoint: str
    key: str


@dataclass(frozen=True, slots=True)
class Proven:
    """What a verified receipt proves: this event, this day, this place in this tree."""

    event: bytes
    day: date
    index: int
    checkpoint: Checkpoint


def dumps(receipt: Receipt) -> bytes:
    """The receipt's bytes."""
    return canonical.dumps(
        {
            "format": FORMAT,
            "event": receipt.event.decode(),
            "nonce": to_base64(receipt.nonce),
            "day": receipt.day.isoformat(),
            "index": receipt.index,
            "proof": [to_base64(one) for one in receipt.proof],
            "checkpoint": receipt.checkpoint,
            "key": receipt.key,
        }
    )


def loads(data: bytes) -> Receipt:
    """The receipt of `data`, not yet believed. Raises `LogError` L114."""
    try:
        found = canonical.loads(data.removesuffix(b"\n"))
        _require_form(found)
        return Receipt(
            event=found["event"].encode(),
            nonce=from_base64(found["nonce"]),
            day=_day(found["day"]),
            index=found["index"],
            proof=tuple(from_base64(one) for one in found["proof"]),
            checkpoint=found["checkpoint"],
            key=found["key"],
        )
    except ValueError as error:
        raise LogError(RECEIPT, f"{error}"[:200]) from error


def _day(text: str) -> date:
    day = date.fromisoformat(text)
    if day.isoformat() != text or day < date(1970, 1, 1):
        raise ValueError(f"day `{text}`")
    return day


def _require_form(found: Any) -> None:
    if not isinstance(found, dict) or set(found) != set(_FIELDS):
        raise ValueError(f"not the fields {', '.join(sorted(_FIELDS))}")
    for name, kind in _FIELDS.items():
        if type(found[name]) is not kind:
            raise ValueError(f"`{name}` is no {kind.__name__}")
    if found["format"] != FORMAT:
        raise ValueError(f"format `{found['format']}`")
    if not all(isinstance(one, str) for one in found["proof"]):
        raise ValueError("`proof` is no list of texts")


def verify(receipt: Receipt, verifiers: Iterable[note.Verifier], origin: str) -> Proven:
    """What `receipt` proves about the log `origin`, under the keys of `verifiers`.

    Raises `LogError`: L108 to L112 (checkpoint), L114 (nonce), L102 and L104 to L106 (an event,
    nonce, day, index or proof that is not the leaf's).
    """
    head = checkpoints.verify(receipt.checkpoint.encode(), verifiers, origin)
    if len(receipt.nonce) != leaf.NONCE:
        raise LogError(RECEIPT, f"a nonce of `{len(receipt.nonce)}` bytes")
    data = leaf.encode(leaf.days(receipt.day), leaf.commit(receipt.nonce + receipt.event))
    proofs.verify_inclusion(
        receipt.index, head.size, hashing.of_leaf(data), receipt.proof, head.root
    )
    return Proven(receipt.event, receipt.day, receipt.index, head)

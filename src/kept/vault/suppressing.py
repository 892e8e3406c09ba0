"""Suppression: an address that nothing is sent to for a purpose, whoever it comes from next time.

Rules: kept as a keyed digest in the key store only, so that it outlives the person, an erasure and
every restore, and is in no backup of the data; whoever sends asks right before sending; it is
lifted by the person's own new consent and by nothing else: no import, no merger, no staff.
"""

from collections.abc import Iterable
from typing import Any

from django.db import DEFAULT_DB_ALIAS, transaction

from kept import gate, ledger
from kept.vault import codec
from kept.vault.errors import IDENTIFIER, NOT_ALLOWED, NotStoredError, RefusedError
from kept.vault.identifiers import kind_of, normal
from kept.vault.keystore import keystore
from kept.vault.shape import shape_of
from kept.vault.stored import raw_of

_THEMSELVES = ("visitor", "subject")


def suppress(kind: str, value: str, purpose: str, *, using: str = DEFAULT_DB_ALIAS) -> bool:
    """Send nothing to `value` for `purpose` any more; False where that was so already.

    It stands when this returns, whatever becomes of the caller's transaction. Raises
    `RefusedError` V015 for what is no identifier.
    """
    named, plain = _named(kind, value)
    new = keystore().suppressions.add(named, plain, purpose)
    if new:
        _record(purpose, "suppressed", using)
    return new


def suppress_all(row: Any, purposes: Iterable[str], *, using: str = DEFAULT_DB_ALIAS) -> int:
    """Suppress every identifier that a sealed row holds; how many are new.

    For whoever ends something and is forgotten with it. Nothing of the row is given out, so that
    no scope is needed; a row whose key is destroyed holds nothing.
    """
    shape, raw = shape_of(row), raw_of(row)
    keys = keystore().keys.fetch([codec.key_id(raw, row.pk)]) if raw else {}
    if not keys:
        return 0
    (key,) = keys.values()
    values = codec.open(raw, key, shape.place(row))
    found = values.values() if shape.open_fields else zip(
        (shape.categories.get(name, "") for name in values), values.values(), strict=True
    )  # fmt: skip
    wanted = [
        (category, value)
        for category, value in found
        if kind_of(category) is not None and isinstance(value, str) and value.strip()
    ]
    return sum(
        suppress(category, value, purpose, using=using)
        for category, value in wanted
        for purpose in purposes
    )


def suppressed(kind: str, value: str, purpose: str) -> bool:
    """Whether nothing may be sent to `value` for `purpose`. Raises `RefusedError` V015."""
    named, plain = _named(kind, value)
    return keystore().suppressions.has(named, plain, purpose)


def lift_suppression(kind: str, value: str, purpose: str, *, using: str = DEFAULT_DB_ALIAS) -> bool:
    """The person asks for it anew; False where nothing was suppressed.

    To be called in the scope of the person's own action, in the transaction of the consent that
    they give: it is lifted once that is committed. Raises `NotStoredError` V010 in any other scope,
    `RefusedError` V015.
    """
    scope = gate.current()
    if scope is None or scope.actor.kind not in _THEMSELVES:
        raise NotStoredError(
            NOT_ALLOWED, "a suppression is lifted by the person's own new consent only",
            do="let the person ask for it anew",
        )  # fmt: skip
    named, plain = _named(kind, value)
    if not keystore().suppressions.has(named, plain, purpose):
        return False
    with transaction.atomic(using=using):
        _record(purpose, "lifted", using)
        transaction.on_commit(
            lambda: keystore().suppressions.remove(named, plain, purpose), using=using
        )
    return True


def _named(kind: str, value: str) -> tuple[str, str]:
    plain = normal(kind, value)
    if not plain:
        raise RefusedError(IDENTIFIER, f"an empty `{kind}` cannot be suppressed")
    return kind_of(kind) or kind, plain


def _record(purpose: str, state: str, using: str) -> None:
    with transaction.atomic(using=using):
        ledger.record(
            ledger.Suppressed(
                purpose=purpose, state="lifted" if state == "lifted" else "suppressed"
            ),
            None,
            using,
        )

"""Suppression: an address that nothing is sent to for a purpose, whoever it comes from next time.

Rules: kept as a keyed digest in the key store only, so that it outlives the person, an erasure and
every restore, and is in no backup of the data; whoever sends asks right before sending; it is
lifted by the person's own new consent and by nothing else: no import, no merger, no staff.
"""

from django.db import DEFAULT_DB_ALIAS, transaction

from kept import gate, ledger
from kept.vault.errors import IDENTIFIER, NOT_ALLOWED, NotStoredError, RefusedError
from kept.vault.identifiers import kind_of, normal
from kept.vault.keystore import keystore

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


def suppressed(kind: str, value: str, purpose: str) -> bool:
    """Whether nothing may be sent to `value` for `purpose`. Raises `RefusedError` V015."""
    named, plain = _named(kind, value)
    return keystore().suppressions.has(named, plain, purpose)


def lift_suppression(kind: str, value: str, purpose: str, *, using: str = DEFAULT_DB_ALIAS) -> bool:
    """The person asks for it anew; False where nothing was suppressed.

    To be called in the scope of the person's own action, with the consent that they give. Raises
    `NotStoredError` V010 in any other, `RefusedError` V015.
    """
    scope = gate.current()
    if scope is None or scope.actor.kind not in _THEMSELVES:
        raise NotStoredError(
            NOT_ALLOWED, "a suppression is lifted by the person's own new consent only",
            do="let the person ask for it anew",
        )  # fmt: skip
    named, plain = _named(kind, value)
    gone = keystore().suppressions.remove(named, plain, purpose)
    if gone:
        _record(purpose, "lifted", using)
    return gone


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

"""The ledger: what was collected, opened, shared, chosen, requested and erased, unforgeably.

What other rooms use of it. Recording needs Django and is loaded when first asked for; event kinds,
the sealer's Protocol and the pure log are not and need no project.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from kept.ledger.events import (
    Account,
    Agreed,
    Answered,
    AnyEvent,
    BackedUp,
    Changed,
    Collected,
    Consented,
    Continued,
    Dropped,
    Erased,
    Expired,
    Found,
    Held,
    KeyDestroyed,
    Merged,
    Moderated,
    Objected,
    Opened,
    PolicyAdopted,
    PolicyWithdrawn,
    Progressed,
    Published,
    Refused,
    Removed,
    Rendered,
    Requested,
    RestoredFrom,
    RestoreTried,
    Restricted,
    Rotated,
    Sent,
    Suppressed,
    Told,
    VisitsCounted,
    Withdrawn,
)
from kept.ledger.sealing import ManySealer, Sealer, wire

if TYPE_CHECKING:
    from kept.ledger.anchors import publish as publish_checkpoint
    from kept.ledger.checking import Finding, Report, effect
    from kept.ledger.checking import at_start as check_at_start
    from kept.ledger.checking import whole as check_whole
    from kept.ledger.exports import export
    from kept.ledger.figures import PublicHead, Status, public_head, status
    from kept.ledger.figures import note as keep_findings
    from kept.ledger.flows import flow
    from kept.ledger.log.audit import audit as audit_export
    from kept.ledger.log.errors import LogError
    from kept.ledger.log.receipt import dumps as write_receipt
    from kept.ledger.log.receipt import loads as read_receipt
    from kept.ledger.log.receipt import verify as verify_receipt
    from kept.ledger.now import record_now, record_now_many
    from kept.ledger.outbox import record, record_many
    from kept.ledger.receipts import (
        each_receipt_about,
        each_waiting_about,
        forget,
        forget_many,
        receipt_of,
        receipts_about,
    )
    from kept.ledger.renewing import Renewed, begin_anew
    from kept.ledger.restored import kinds_since, note_restored, told_since
    from kept.ledger.sequencing import sequence_once
    from kept.ledger.signing import verifier

# Where each name is defined; after a colon, what it is called there.
_LAZY = {
    "Finding": "checking",
    "LogError": "log.errors",
    "PublicHead": "figures",
    "Renewed": "renewing",
    "Report": "checking",
    "Status": "figures",
    "audit_export": "log.audit:audit",
    "begin_anew": "renewing",
    "check_at_start": "checking:at_start",
    "check_whole": "checking:whole",
    "each_receipt_about": "receipts",
    "each_waiting_about": "receipts",
    "effect": "checking",
    "export": "exports",
    "flow": "flows",
    "forget": "receipts",
    "forget_many": "receipts",
    "keep_findings": "figures:note",
    "kinds_since": "restored",
    "told_since": "restored",
    "note_restored": "restored",
    "public_head": "figures",
    "publish_checkpoint": "anchors:publish",
    "read_receipt": "log.receipt:loads",
    "write_receipt": "log.receipt:dumps",
    "receipt_of": "receipts",
    "receipts_about": "receipts",
    "record": "outbox",
    "record_many": "outbox",
    "record_now": "now",
    "record_now_many": "now",
    "sequence_once": "sequencing",
    "status": "figures",
    "verifier": "signing",
    "verify_receipt": "log.receipt:verify",
}

__all__ = [
    "Account",
    "Agreed",
    "Answered",
    "AnyEvent",
    "BackedUp",
    "Changed",
    "Collected",
    "Consented",
    "Continued",
    "Dropped",
    "Erased",
    "Expired",
    "Finding",
    "Found",
    "Held",
    "KeyDestroyed",
    "LogError",
    "ManySealer",
    "Merged",
    "Moderated",
    "Objected",
    "Opened",
    "PolicyAdopted",
    "PolicyWithdrawn",
    "Progressed",
    "PublicHead",
    "Published",
    "Refused",
    "Removed",
    "Rendered",
    "Renewed",
    "Report",
    "Requested",
    "RestoreTried",
    "RestoredFrom",
    "Restricted",
    "Rotated",
    "Sealer",
    "Sent",
    "Status",
    "Suppressed",
    "Told",
    "VisitsCounted",
    "Withdrawn",
    "audit_export",
    "begin_anew",
    "check_at_start",
    "check_whole",
    "each_receipt_about",
    "each_waiting_about",
    "effect",
    "export",
    "flow",
    "forget",
    "forget_many",
    "keep_findings",
    "kinds_since",
    "note_restored",
    "public_head",
    "publish_checkpoint",
    "read_receipt",
    "receipt_of",
    "receipts_about",
    "record",
    "record_many",
    "record_now",
    "record_now_many",
    "sequence_once",
    "status",
    "told_since",
    "verifier",
    "verify_receipt",
    "wire",
    "write_receipt",
]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"kept.ledger has no `{name}`")
    module, _, other = _LAZY[name].partition(":")
    value = getattr(import_module(f"kept.ledger.{module}"), other or name)
    globals()[name] = value
    return value

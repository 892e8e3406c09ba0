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
    Dropped,
    Erased,
    Expired,
    Held,
    KeyDestroyed,
    Moderated,
    Objected,
    Opened,
    PolicyAdopted,
    Published,
    Refused,
    Rendered,
    Requested,
    RestoredFrom,
    Restricted,
    Rotated,
    Sent,
    VisitsCounted,
    Withdrawn,
)
from kept.ledger.sealing import ManySealer, Sealer, wire

if TYPE_CHECKING:
    from kept.ledger.anchors import publish
    from kept.ledger.checking import Finding, Report, at_start, effect, whole
    from kept.ledger.exports import export
    from kept.ledger.figures import Status, status
    from kept.ledger.flows import flow
    from kept.ledger.now import record_now, record_now_many
    from kept.ledger.outbox import record, record_many
    from kept.ledger.receipts import forget, receipt_of, receipts_about
    from kept.ledger.sequencing import sequence_once

_LAZY = {
    "Finding": "checking",
    "Report": "checking",
    "Status": "figures",
    "at_start": "checking",
    "effect": "checking",
    "export": "exports",
    "flow": "flows",
    "forget": "receipts",
    "publish": "anchors",
    "receipt_of": "receipts",
    "receipts_about": "receipts",
    "record": "outbox",
    "record_many": "outbox",
    "record_now": "now",
    "record_now_many": "now",
    "sequence_once": "sequencing",
    "status": "figures",
    "whole": "checking",
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
    "Dropped",
    "Erased",
    "Expired",
    "Finding",
    "Held",
    "KeyDestroyed",
    "ManySealer",
    "Moderated",
    "Objected",
    "Opened",
    "PolicyAdopted",
    "Published",
    "Refused",
    "Rendered",
    "Report",
    "Requested",
    "RestoredFrom",
    "Restricted",
    "Rotated",
    "Sealer",
    "Sent",
    "Status",
    "VisitsCounted",
    "Withdrawn",
    "at_start",
    "effect",
    "export",
    "flow",
    "forget",
    "publish",
    "receipt_of",
    "receipts_about",
    "record",
    "record_many",
    "record_now",
    "record_now_many",
    "sequence_once",
    "status",
    "whole",
    "wire",
]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"kept.ledger has no `{name}`")
    value = getattr(import_module(f"kept.ledger.{_LAZY[name]}"), name)
    globals()[name] = value
    return value

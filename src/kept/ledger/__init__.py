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
    from kept.ledger.flows import flow
    from kept.ledger.now import record_now, record_now_many
    from kept.ledger.outbox import record, record_many

_LAZY = {
    "flow": "flows",
    "record": "outbox",
    "record_many": "outbox",
    "record_now": "now",
    "record_now_many": "now",
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
    "Requested",
    "RestoredFrom",
    "Restricted",
    "Rotated",
    "Sealer",
    "Sent",
    "VisitsCounted",
    "Withdrawn",
    "flow",
    "record",
    "record_many",
    "record_now",
    "record_now_many",
    "wire",
]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"kept.ledger has no `{name}`")
    value = getattr(import_module(f"kept.ledger.{_LAZY[name]}"), name)
    globals()[name] = value
    return value

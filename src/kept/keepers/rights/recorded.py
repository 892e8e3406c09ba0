"""Which rows of this keeper the ledger has events of: requests of people who are known."""

from kept import ledger
from kept.keepers.rights.models import Request, Words
from kept.keepers.rights.sweeping import POINT
from kept.vault.models import State


def register() -> None:
    """Have them held against each other."""
    ledger.effect(
        "requests",
        (ledger.Requested, ledger.Progressed, ledger.Answered),
        lambda: Request._base_manager.filter(subject__state=State.ACTIVE),
        point=POINT,
    )
    ledger.effect(
        "words of requests",
        ledger.Collected,
        lambda: Words._base_manager.filter(subject__state=State.ACTIVE),
        facts={"point": "point"},
    )

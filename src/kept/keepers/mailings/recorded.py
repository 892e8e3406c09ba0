"""Which rows of this keeper the ledger has events of: who asked for mails."""

from kept import ledger
from kept.keepers.mailings.models import Subscription
from kept.vault.models import State


def register() -> None:
    """Have them held against each other."""
    ledger.effect(
        "subscriptions",
        ledger.Collected,
        lambda: Subscription._base_manager.filter(subject__state=State.ACTIVE),
        facts={"point": "point"},
    )

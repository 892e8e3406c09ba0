"""Which rows of this keeper the ledger has events of: mails, and answers to them."""

from kept import ledger
from kept.keepers.letters.models import Letter, Reply
from kept.vault.models import State


def register() -> None:
    """Have them held against each other."""
    ledger.effect(
        "mails",
        ledger.Collected,
        lambda: Letter._base_manager.filter(subject__state=State.ACTIVE),
        facts={"point": "point"},
    )
    ledger.effect(
        "answers to mails",
        ledger.Changed,
        lambda: Reply._base_manager.filter(subject__state=State.ACTIVE),
        facts={"point": "point"},
    )

"""Which rows of this keeper the ledger has events of: what people agreed to.

A notice is about nobody, and that a page showed one is no act of the person's: neither has events.
"""

from kept import ledger
from kept.keepers.notices.models import Agreement
from kept.vault.models import State


def register() -> None:
    """Have them held against each other."""
    ledger.effect(
        "agreements",
        ledger.Agreed,
        lambda: Agreement._base_manager.filter(subject__state=State.ACTIVE),
        facts={"version": "version", "way": "way"},
    )

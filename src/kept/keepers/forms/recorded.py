"""Which rows of this keeper the ledger has events of: submissions, and answers to them."""

from kept import ledger
from kept.keepers.forms.models import Answer, Submission
from kept.vault.models import State


def register() -> None:
    """Have them held against each other."""
    ledger.effect(
        "submissions",
        ledger.Collected,
        lambda: Submission._base_manager.filter(subject__state=State.ACTIVE),
        facts={"point": "point"},
    )
    ledger.effect(
        "answers",
        ledger.Changed,
        lambda: Answer._base_manager.filter(subject__state=State.ACTIVE),
        facts={"point": "point"},
    )

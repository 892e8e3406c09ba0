"""Which rows of this keeper the ledger has events of: clients' accounts and profiles."""

from kept import ledger
from kept.keepers.accounts.models import Profile, User
from kept.vault.models import State


def register() -> None:
    """Have them held against each other; a host's own user model is the host's to register."""
    if not User._meta.swapped:
        ledger.effect(
            "accounts",
            ledger.Collected,
            lambda: User._base_manager.filter(subject__state=State.ACTIVE),
        )
    ledger.effect(
        "profiles",
        (ledger.Collected, ledger.Changed),
        lambda: Profile._base_manager.filter(subject__state=State.ACTIVE),
        facts={"point": "point"},
    )

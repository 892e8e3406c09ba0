"""Which rows of this keeper the ledger has events of: what left, and what people permitted."""

from typing import Any

from django.db.models import Q, QuerySet

from kept import ledger
from kept.keepers.sharing.deciding import PERSON
from kept.keepers.sharing.models import Disclosure, Permission
from kept.vault.models import State


def register() -> None:
    """Have them held against each other."""
    ledger.effect(
        "disclosures that left",
        ledger.Sent,
        _disclosures,
        where=Q(state=Disclosure.State.SENT),
        says=lambda event: int(event.recipient != PERSON),
        facts={
            "recipient": "recipient",
            "purpose": "purpose",
            "version": "version",
            "categories": "categories",
        },
    )
    ledger.effect(
        "permissions that stand",
        (ledger.Consented, ledger.Withdrawn),
        _permissions,
        where=Q(state=Permission.State.GIVEN),
        says=lambda event: 1 if isinstance(event, ledger.Consented) else -1,
    )


def _disclosures() -> QuerySet[Any]:
    return Disclosure._base_manager.filter(subject__state=State.ACTIVE)


def _permissions() -> QuerySet[Any]:
    return Permission._base_manager.filter(subject__state=State.ACTIVE)

"""Which rows of this keeper the ledger has events of: quotes, and that they were accepted."""

from typing import Any

from django.db.models import Q, QuerySet

from kept import ledger
from kept.keepers.orders.models import Quote
from kept.vault.models import State


def register() -> None:
    """Have them held against each other."""
    ledger.effect("quotes", ledger.Changed, _rows, facts={"point": "point"})
    accepted = Q(state=Quote.State.ACCEPTED)
    ledger.effect("accepted quotes", ledger.Consented, _rows, where=accepted)


def _rows() -> QuerySet[Any]:
    return Quote._base_manager.filter(subject__state=State.ACTIVE)

"""Which rows of this keeper the ledger has events of: each consent, and that it was withdrawn."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from kept import ledger
from kept.keepers.consent.models import Consent
from kept.vault.models import State, Subject


def register() -> None:
    """Have them held against each other."""
    ledger.effect(
        "consents",
        ledger.Consented,
        _rows,
        facts={
            "point": "point",
            "purposes": "purpose",
            "version": "version",
            "text_digest": "shown_id",
        },
    )
    ledger.effect(
        "withdrawn consents", ledger.Withdrawn, _rows, where=Q(withdrawn_at__isnull=False)
    )


def _rows() -> QuerySet[Any]:
    # No join: for a sample in the order of keys, SQLite would begin with all people.
    active = Subject.objects.filter(pk=OuterRef("subject"), state=State.ACTIVE)
    return Consent._base_manager.filter(Exists(active))

"""Which rows of the site the ledger has events of: testimonials, decided about, public."""

from typing import Any

from django.db.models import Q, QuerySet

from kept import ledger
from kept.keepers.forms.moderation import PUBLISHED, WAITING
from kept.site.models import Testimonial
from kept.vault.models import State


def register() -> None:
    """Have them held against each other."""
    ledger.effect("testimonials", ledger.Collected, _rows)
    ledger.effect("decided testimonials", ledger.Moderated, _rows, where=~Q(state=WAITING))
    ledger.effect(
        "public testimonials",
        ledger.Published,
        _rows,
        where=Q(state=PUBLISHED),
        says=lambda event: 1 if event.state == "public" else -1,
    )


def _rows() -> QuerySet[Any]:
    return Testimonial._base_manager.filter(subject__state=State.ACTIVE)

"""Views of pages that are linked with the person who looked, where a policy permits just that.

Rules: without a `[combine]` clause the table stays empty; what stands in it is sealed, and is
exported, kept and erased as everything else about the person.
"""

from kept.vault.fields import DynamicModel


class LinkedView(DynamicModel):
    """One page that a signed-in person looked at, on the day `since`."""

    def __str__(self) -> str:
        return f"view {self.pk}"

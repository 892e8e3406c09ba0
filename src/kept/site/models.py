"""What customers say about the shop. Their data is sealed; the state and the day are in clear.

Rules: a testimonial waits until a person has looked at it; it stays in the table, unpublished, when
it is refused or taken down, until its clause in the policy or its author says otherwise.
"""

from django.db import models

import kept
from kept._kit import clock
from kept.keepers.forms.moderation import PUBLISHED, REFUSED, WAITING


class Testimonial(kept.Model):
    """One customer's words."""

    name = kept.Char("identity.name", max_length=120)
    email = kept.Email("contact.email")
    words = kept.Text("communication.comment")
    state = models.CharField(
        max_length=9,
        choices=[(WAITING, "waiting"), (PUBLISHED, "published"), (REFUSED, "refused")],
        default=WAITING,
    )
    received = models.DateField(default=clock.today)
    """The day only: the hour would tell which visit it was."""

    class Kept:
        """The clause it belongs to, and the field that finds its subject."""

        collect = "testimonial"
        subject = "email"

    class Meta:
        ordering = ("-received", "pk")
        indexes = [models.Index(fields=["state", "-received"], name="kept_testimonial_by_state")]

    def __str__(self) -> str:
        return f"testimonial {self.pk}"

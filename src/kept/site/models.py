"""What customers say about the shop. Their data is sealed; the state and the day are in clear.

Rules: a testimonial waits until a person has looked at it; when it is refused or taken down it has
served its purpose: it stays, unpublished, as long as an erasure waits, and then goes.
"""

from django.db import models

import kept
from kept import promises
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
    refused = models.DateField(null=True, blank=True)
    """The day it was refused or taken down; NULL while it waits or is published."""

    class Kept:
        """The clause it belongs to, and the field that finds its subject."""

        collect = "testimonial"
        subject = "email"

        @staticmethod
        def ended() -> models.Q:
            """Refused for as long as an erasure waits: the moderator may think again."""
            delay = promises.current().policy.erasure.delay
            return models.Q(state=REFUSED, refused__lte=delay.begun_by(clock.today()))

    class Meta:
        ordering = ("-received", "pk")
        indexes = [models.Index(fields=["state", "-received"], name="kept_testimonial_by_state")]

    def __str__(self) -> str:
        return f"testimonial {self.pk}"

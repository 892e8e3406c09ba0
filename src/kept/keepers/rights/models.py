"""Requests about one's own data: what was asked, how far it came, and the links that belong to it.

Rules: a request's own row holds no word of the person, so that it can stay when they are erased and
show that it was carried out; what they typed stands sealed beside it, under the clause `request`,
and goes with them; a link's contents stand sealed, with the site's key while nobody is known to
stand behind the address, then with that person's; dates are days, but for the end of a delay.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kept._kit import clock
from kept._kit.ids import new_id
from kept.keepers.rights.states import UNDER_WAY, State
from kept.vault.fields import DynamicModel
from kept.vault.models import SealedFile

_STATES = [(one.value, one.value) for one in State]
_CHANNELS = [(one, one) for one in ("web", "account", "mail", "staff")]


class Bulk(models.Model):
    """Several people to be erased at an operator's wish: nothing happens before a second agrees."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    day = models.DateField(default=clock.today)
    decided = models.DateField(null=True)

    class Kept:
        """What the vault's check of holdings asks."""

        not_personal = "which accounts of staff proposed and approved; whom stands in the requests"

    def __str__(self) -> str:
        return f"bulk {self.pk}"


class Request(models.Model):
    """One thing that somebody asked about their own data."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=12)
    channel = models.CharField(max_length=7, choices=_CHANNELS)
    state = models.CharField(max_length=9, choices=_STATES, default=State.ASKED)
    subject = models.ForeignKey("kept_vault.Subject", models.PROTECT, null=True, related_name="+")
    """NULL until it is known who asks, and for ever where nobody is known."""
    base = models.CharField(max_length=300)
    """The site as it was asked on, for links in mails: `https://example.org`."""
    version = models.PositiveIntegerField()
    """Ordinal of the policy version that it is carried out under, whatever is posted later."""
    asked = models.DateField(default=clock.today)
    due = models.DateField()
    closed = models.DateField(null=True)
    starts = models.DateTimeField(null=True)
    """When a delayed erasure begins."""
    again = models.DateTimeField(null=True)
    """When to try again what failed."""
    lease = models.DateTimeField(null=True)
    """Until when one worker has it for itself."""
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=300, blank=True)
    """Kind of the last failure, or the tables that failed; never a value."""
    outcome = models.CharField(max_length=12, blank=True)
    """More about how it ended: `nothing`, `same`, or the reason of a refusal."""
    expected = models.PositiveBigIntegerField(default=0)
    reached = models.PositiveBigIntegerField(default=0)
    limited = models.BooleanField(default=False)
    """True where this request restricted the person, so that ending it sets them free again."""
    told = models.BooleanField(default=False)
    """True where the last mail before destroying has left."""
    unsent = models.CharField(max_length=80, blank=True)
    """Kind of failure of a mail about its end that never left; empty once somebody saw to it."""
    bulk = models.ForeignKey(Bulk, models.PROTECT, null=True, related_name="requests")

    class Meta:
        ordering = ("due", "pk")
        indexes = [models.Index(fields=["state", "due"])]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "kind"],
                condition=Q(state__in=[one.value for one in UNDER_WAY]),
                name="kept_one_request_of_a_kind",
            )
        ]

    class Kept:
        """What the vault's check of holdings asks."""

        on_erase = "keep"
        reason = "what was asked, by when and what became of it, without a word of the person"
        says = "What you asked about your data"
        ours = ("base", "limited", "told", "unsent")
        versions = ("version",)

    @property
    def overdue(self) -> bool:
        """Whether its day is over and it is not."""
        return self.closed is None and self.due < clock.today()

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Words(DynamicModel):
    """What the person typed with a request, and what was written to them: sealed, theirs."""

    request = models.OneToOneField(Request, models.CASCADE, related_name="words")

    class Kept:
        """What exports ask."""

        says = "What you wrote with your requests"

    def __str__(self) -> str:
        return f"words of {self.request_id}"


class Link(models.Model):
    """A mail with or without a link, until it left, was used or is over."""

    class Kind(models.TextChoices):
        """`told` and `notice` are mails without a link that does something."""

        CONFIRM = "confirm"
        CANCEL = "cancel"
        FETCH = "fetch"
        CHANGE = "change"
        TOLD = "told"
        STOP = "stop"
        """No mail at all: an address whose mails are to stop."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    request = models.ForeignKey(Request, models.CASCADE, related_name="links")
    subject = models.ForeignKey("kept_vault.Subject", models.CASCADE, null=True, related_name="+")
    sealed = models.BinaryField()
    ends = models.DateTimeField(db_index=True)
    sent = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    again = models.DateTimeField(null=True)
    """When its mail may be tried next; while one worker has it, when another may."""

    class Kept:
        """What exports ask."""

        says = "Mails about your requests that wait to be sent or answered"

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Package(models.Model):
    """The file that answers a request for a copy: sealed, fetched by its person only, expiring."""

    request = models.OneToOneField(
        Request, models.CASCADE, primary_key=True, related_name="package"
    )
    subject = models.ForeignKey("kept_vault.Subject", models.CASCADE, related_name="+")
    file = models.OneToOneField(SealedFile, models.CASCADE, related_name="+")
    ends = models.DateField(db_index=True)
    complete = models.BooleanField(default=True)
    fetched = models.BooleanField(default=False)

    class Kept:
        """What exports ask."""

        says = "Copies of your data that are ready for you"

    def __str__(self) -> str:
        return f"package of {self.request_id}"

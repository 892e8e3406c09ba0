"""What leaves: mails to people, data to recipients, word to recipients of what became of it.

Rules: a mail's address, heading and text stand sealed, in the recipient's own envelope, under the
clause of the collection point that the address came in by and the policy version it was collected
under; a mail that left is no longer here. Of data given to a recipient nothing is copied: a row
says who got which categories, when, and what for. That row, the permission and the reference go
with the last of what is held about the person (ADR 0140), or with their erasure; what recipients
are told of an erasure outlives the person and names them by a random reference only.
"""

from django.db import models
from django.db.models import Q

from kept._kit import clock, ids
from kept._kit.ids import new_id
from kept.keepers.consent.models import ShownText
from kept.vault.fields import DynamicModel
from kept.vault.models import SealedFile, Subject


class Leaving(models.Model):
    """What is tried, and tried again: the columns of the queue."""

    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=clock.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=80, blank=True)
    """Kind of the last failure, or the clause that denied."""

    class Meta:
        abstract = True


class Mail(DynamicModel, Leaving):  # type: ignore[misc] # as `DynamicModel`
    """One letter to one person, waiting."""

    class State(models.TextChoices):
        """`denied`: the gate withheld it at the last moment; `failed`: given up by the machine."""

        WAITING = "waiting"
        SENDING = "sending"
        DENIED = "denied"
        FAILED = "failed"

    purpose = models.CharField(max_length=80)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)

    class Meta:
        indexes = [models.Index(fields=["state", "due_at"])]

    def __str__(self) -> str:
        return f"mail {self.pk}"


def new_reference() -> str:
    """A random reference of 128 bits."""
    return ids.token(16)


class Reference(models.Model):
    """How one recipient names one person: random, and another for every recipient.

    Two people who turn out to be one have two of them with the same recipient.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")
    recipient = models.CharField(max_length=80)
    token = models.CharField(max_length=32, unique=True, default=new_reference)

    class Meta:
        indexes = [models.Index(fields=["subject", "recipient"])]

    class Kept:
        """What the vault's checks ask; it means nothing without the person."""

        holds_by = "subject"
        with_subject = True

    def __str__(self) -> str:
        return f"reference {self.pk}"


class Permission(models.Model):
    """What a person said to one recipient getting their data for one purpose (UI-11)."""

    class State(models.TextChoices):
        """`asked`: not answered yet; `ended`: given once, and taken back."""

        ASKED = "asked"
        GIVEN = "given"
        REFUSED = "refused"
        ENDED = "ended"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")
    recipient = models.CharField(max_length=80)
    purpose = models.CharField(max_length=80)
    categories = models.JSONField()
    """What it covers: the categories that the text named."""
    version = models.PositiveIntegerField()
    """Ordinal of the policy version in force when it was asked."""
    shown = models.ForeignKey(ShownText, models.PROTECT, related_name="+")
    """The question, exactly as it was put."""
    state = models.CharField(max_length=7, choices=State.choices, default=State.ASKED)
    day = models.DateField(default=clock.today)
    """The day of the last answer, or of the question."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "recipient", "purpose"], name="kept_one_permission_each"
            )
        ]

    class Kept:
        """What the vault's checks ask; it goes with the last of what it was about."""

        holds_by = "subject"
        with_subject = True

    def __str__(self) -> str:
        return f"permission {self.pk}"


class Disclosure(Leaving):
    """One act of giving a person's data to one recipient. Its id is the event's id everywhere."""

    class State(models.TextChoices):
        """`ready`: a file waits to be handed over; `denied` and `failed` wait for a person.

        `unsure`: given up after it had been sent, and the recipient never said that it came.
        """

        ASKING = "asking"
        APPROVAL = "approval"
        WAITING = "waiting"
        SENDING = "sending"
        READY = "ready"
        SENT = "sent"
        DENIED = "denied"
        FAILED = "failed"
        UNSURE = "unsure"

    class Channel(models.TextChoices):
        """How it goes."""

        WEBHOOK = "webhook"
        MAIL = "mail"
        FILE = "file"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")
    recipient = models.CharField(max_length=80)
    purpose = models.CharField(max_length=80)
    occasion = models.CharField(max_length=20, default="ordinary")
    channel = models.CharField(max_length=7, choices=Channel.choices)
    correction = models.BooleanField(default=False)
    """True where it carries what changed since an earlier one."""
    points = models.JSONField(default=list)
    """The collection points that it is limited to; none: all that the clause names."""
    met = models.JSONField(default=list)
    """The conditions of the recipient's clause that somebody established."""
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    once = models.CharField(max_length=64, unique=True, null=True)
    """Digest of the caller's key: what is asked for twice is given once."""
    asked_by = models.CharField(max_length=64, blank=True)
    approved_by = models.CharField(max_length=64, blank=True)
    """Random ids of the accounts of staff."""
    tell = models.BooleanField(default=False)
    """Whether the person is told by mail once it left."""
    told = models.BooleanField(default=False)
    version = models.PositiveIntegerField(null=True)
    """Ordinal of the policy version it left under."""
    categories = models.JSONField(default=list)
    """What left; empty until then."""
    expected = models.PositiveIntegerField(default=0)
    reached = models.PositiveIntegerField(default=0)
    """Values that the clause covers, and those that the gate gave."""
    day = models.DateField(default=clock.today)
    """The day it left, or was asked for."""
    file = models.OneToOneField(SealedFile, models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["state", "due_at"]),
            models.Index(fields=["subject", "state"]),
        ]

    class Kept:
        """What the vault's checks ask; it goes with the last of what is held about the person."""

        holds_by = "subject"
        with_subject = True

    def __str__(self) -> str:
        return f"disclosure {self.pk}"


class Telling(Leaving):
    """A recipient to be told that data they got was erased, corrected or objected to."""

    class State(models.TextChoices):
        """`by-hand`: nothing reaches the recipient but the operator."""

        WAITING = "waiting"
        SENDING = "sending"
        BY_HAND = "by-hand"
        TOLD = "told"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    recipient = models.CharField(max_length=80)
    reference = models.CharField(max_length=32, blank=True)
    """What the recipient knows the person by; emptied once it was told."""
    change = models.CharField(max_length=7)
    purposes = models.JSONField(default=list)
    """What an objection is about; none: everything."""
    channel = models.CharField(max_length=7, choices=Disclosure.Channel.choices)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    day = models.DateField(default=clock.today)

    class Meta:
        indexes = [models.Index(fields=["state", "due_at"])]
        constraints = [
            models.CheckConstraint(
                name="kept_told_names_nobody", condition=~Q(state="told") | Q(reference="")
            )
        ]

    class Kept:
        """What the vault's check of holdings asks."""

        not_personal = "a random reference that only the recipient can resolve, until they are told"

    def __str__(self) -> str:
        return f"telling {self.pk}"

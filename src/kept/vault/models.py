"""The subject: the person that data is about, with or without a login. Nothing here says who.

Rules: the id is random and means nothing outside; masks hold one bit per purpose;
a subject that is not `active` gets no new data; ordinals count policy versions as adopted.
"""

from django.db import models

from kept._kit import clock
from kept._kit.ids import new_id


class State(models.TextChoices):
    """Where a subject stands. `erasing`: decided, keys are being destroyed; `erased`: they are.

    `merged`: it is another subject now. `pseudo`: nobody, in whose name an anonymised row stays.
    """

    ACTIVE = "active"
    ERASING = "erasing"
    ERASED = "erased"
    MERGED = "merged"
    PSEUDO = "pseudo"


class Subject(models.Model):
    """One person, by a random id; their choices and agreements, as the gate needs them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    state = models.CharField(max_length=7, choices=State.choices, default=State.ACTIVE)
    collected = models.PositiveIntegerField()
    """Ordinal of the policy version in force when the subject was first seen."""
    agreed = models.PositiveIntegerField(null=True, blank=True)
    """Ordinal of the latest version agreed to, for data collected earlier too."""
    consented = models.BigIntegerField(default=0)
    """Mask over purpose bits: consent given and not withdrawn."""
    objected = models.BigIntegerField(default=0)
    """Mask over purpose bits: objection or refusal."""
    restricted = models.BooleanField(default=False)
    ceased = models.BooleanField(default=False)
    since = models.DateField(default=clock.today)

    class Meta:
        indexes = [
            models.Index(
                name="kept_subject_not_active",
                fields=["state"],
                condition=~models.Q(state="active"),
            )
        ]

    class Kept:
        """What the check of holdings asks."""

        holds_by = "pk"
        on_erase = "keep"
        reason = "a random id, its choices cleared, that rows kept by law still refer to"
        versions = ("collected", "agreed")
        purposes = ("consented", "objected")

    def __str__(self) -> str:
        return f"subject {self.id}"


class Erasure(models.Model):
    """One erasure, from its decision to the last purged row. Half of the survival journal.

    It stays after the subject is gone: a restored backup is held against it. No foreign key, so
    that it needs nothing of what it erases.
    """

    subject = models.UUIDField(primary_key=True, editable=False)
    decided = models.DateField(default=clock.today)
    keys = models.PositiveIntegerField(null=True)
    """How many keys were destroyed; NULL until they are."""
    expected = models.PositiveBigIntegerField(default=0)
    """Rows and files that the purge has to reach, counted when it begins."""
    reached = models.PositiveBigIntegerField(default=0)
    purged = models.BooleanField(default=False)

    class Kept:
        """What the check of holdings asks."""

        holds_by = "subject"
        on_erase = "keep"
        reason = "the journal that keeps a restored backup from bringing the person back"

    class Meta:
        indexes = [
            models.Index(
                name="kept_erasure_open", fields=["subject"], condition=models.Q(purged=False)
            )
        ]

    def __str__(self) -> str:
        return f"erasure of {self.subject}"


class Hold(models.Model):
    """A legal reason that keeps some of a subject's data from erasure, with an end.

    It decides nothing: the journal in the key store does. This is the half of it that is backed up
    with the data, and how far its work came. No foreign key, as it may outlive what it holds.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject = models.UUIDField(editable=False, db_index=True)
    reason = models.CharField(max_length=80, editable=False)
    """Its clause: `[holds.<reason>]`."""
    by = models.CharField(max_length=64, editable=False)
    """The random id of the account that placed it."""
    placed = models.DateField(default=clock.today, editable=False)
    until = models.DateField(editable=False)
    """The last day on which it holds."""
    sealed = models.BooleanField(default=False, editable=False)
    """True once everything that it covers is sealed with its own key."""
    released = models.DateField(null=True, editable=False)
    """The day on which it ended."""

    class Kept:
        """What the check of holdings asks."""

        holds_by = "subject"
        on_erase = "keep"
        reason = "says why and until when the rest of the data is kept"

    def __str__(self) -> str:
        return f"hold {self.id}"


class Merger(models.Model):
    """Two subjects that turned out to be one person: what was the source's is the target's.

    It stays, so that restored older data is merged again.
    """

    source = models.UUIDField(primary_key=True, editable=False)
    target = models.UUIDField(editable=False, db_index=True)
    by = models.CharField(max_length=64, editable=False)
    decided = models.DateField(default=clock.today, editable=False)
    done = models.BooleanField(default=False, editable=False)
    """True once every row, file and identifier was moved."""

    class Kept:
        """What the check of holdings asks."""

        holds_by = ("source", "target")
        on_erase = "keep"
        reason = "the journal that keeps a restored backup from parting the person in two again"

    def __str__(self) -> str:
        return f"merger of {self.source}"


class SealedFile(models.Model):
    """A file about a subject. Its name, type and content stand sealed outside the database."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject = models.ForeignKey(
        Subject, models.PROTECT, editable=False, related_name="+", db_index=True
    )
    point = models.CharField(max_length=80, editable=False)
    category = models.CharField(max_length=80, editable=False)
    collected = models.PositiveIntegerField(editable=False)
    since = models.DateField(default=clock.today, editable=False, db_index=True)
    """The collection day (UTC)."""

    class Kept:
        """What the check of holdings asks."""

        holds_by = "subject"

    def __str__(self) -> str:
        return f"sealed file {self.id}"


class Link(models.Model):
    """Whose a clear-text row is, where its table has no key to a subject and can be given none.

    It is backed up with the rows, so that a restored backup can be rid of the person again.
    """

    table = models.CharField(max_length=120, editable=False)
    """The model's label in small letters: `auth.user`."""
    row = models.CharField(max_length=255, editable=False)
    """The row's primary key as text; of a UUID its 32 digits."""
    subject = models.ForeignKey(
        Subject, models.PROTECT, editable=False, related_name="+", db_index=False
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["table", "row"], name="kept_link_of_row")]
        indexes = [models.Index(fields=["subject", "table"], name="kept_link_of_subject")]

    class Kept:
        """What the check of holdings asks."""

        holds_by = "subject"

    def __str__(self) -> str:
        return f"{self.table} {self.row}"

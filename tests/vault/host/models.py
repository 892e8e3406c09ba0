"""Models with every kind of sealed field. Imported once Django's apps are ready."""

from django.db import models

import kept
from kept.vault import fields
from kept.vault.users import AbstractSealedUser


class Inquiry(kept.Model):
    name = kept.Char("identity.name", max_length=20)
    email = kept.Email("contact.email")
    phone = kept.Phone("contact.phone", blank=True)
    message = kept.Text("communication.message", blank=True)
    state = models.CharField(max_length=9, default="new")

    class Meta:
        app_label = "vaulttests"

    class Kept:
        collect = "inquiry"
        subject = "email"

    def __str__(self) -> str:
        return f"inquiry {self.pk}"


class Note(models.Model):
    inquiry = models.ForeignKey(Inquiry, models.CASCADE, null=True, related_name="notes")
    word = models.CharField(max_length=9, default="")

    class Meta:
        app_label = "vaulttests"

    class Kept:
        holds_by = "inquiry__subject"


class Sample(kept.Model):
    char = kept.Char("identity.name", max_length=20, blank=True, default="anon")
    text = kept.Text("communication.message", blank=True)
    email = kept.Email("contact.email", blank=True)
    phone = kept.Phone("contact.phone", blank=True)
    url = kept.URL("contact.website", blank=True)
    day = kept.Date("identity.birth-date", null=True, blank=True)
    moment = kept.DateTime("identity.birth-date", null=True, blank=True)
    number = kept.Integer("identity.name", null=True, blank=True)
    amount = kept.Decimal("identity.name", max_digits=9, decimal_places=2, null=True, blank=True)
    flag = kept.Boolean("identity.name", null=True, blank=True)
    data = kept.JSON("communication.message", default=dict, blank=True)
    kind = kept.Char(
        "identity.title", max_length=3, choices=[("dr", "Doctor"), ("mr", "Mister")], blank=True
    )
    state = models.CharField(max_length=9, default="new")

    point = models.CharField(max_length=20, default="sample")

    class Meta:
        app_label = "vaulttests"


class BaseInquiry(kept.Model):
    name = kept.Char("identity.name", max_length=20)

    class Meta:
        app_label = "vaulttests"

    class Kept:
        collect = "inquiry"


class LongInquiry(BaseInquiry):
    """A child of a stored model."""

    rank = models.IntegerField(default=0)

    class Meta:
        app_label = "vaulttests"


class Submission(fields.DynamicModel):
    class Meta:
        app_label = "vaulttests"


class Member(AbstractSealedUser):
    groups = None  # type: ignore[assignment] # not needed here
    user_permissions = None  # type: ignore[assignment] # as above

    class Meta:
        app_label = "vaulttests"


class Author(models.Model):
    """Somebody else's clear-text users, declared from outside."""

    email = models.EmailField(blank=True)
    name = models.CharField(max_length=20, blank=True)

    class Meta:
        app_label = "vaulttests"


class Comment(models.Model):
    """Somebody else's, too: whose it is only its author tells."""

    author = models.ForeignKey(Author, models.CASCADE)
    message = models.TextField()

    class Meta:
        app_label = "vaulttests"


class Guest(models.Model):
    """Clear text of the host's own, observed."""

    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=20)
    email = models.EmailField()
    state = models.CharField(max_length=9, default="new")

    class Meta:
        app_label = "vaulttests"

    class Kept:
        collect = "inquiry"
        fields = {"name": "identity.name", "email": "contact.email"}
        subject = "email"
        observe = True


ALL = (Inquiry, Note, Sample, BaseInquiry, LongInquiry, Submission, Member)

"""The app `benchmarks`: two models that hold the same, sealed and in clear. No migrations."""

from django.db import models

import kept
from kept._kit import clock
from kept._kit.ids import new_id


class Letter(kept.Model):
    """Five sealed fields."""

    name = kept.Char("identity.name", max_length=80)
    email = kept.Email("contact.email")
    phone = kept.Phone("contact.phone", blank=True)
    message = kept.Text("communication.message", blank=True)
    reply = kept.Text("communication.message", blank=True)

    class Meta:
        app_label = "benchmarks"

    class Kept:
        collect = "inquiry"
        subject = "email"


class Clear(models.Model):
    """The same five in columns."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject = models.ForeignKey("kept_vault.Subject", models.PROTECT, related_name="+")
    since = models.DateField(default=clock.today, db_index=True)
    name = models.CharField(max_length=80)
    email = models.EmailField()
    phone = models.CharField(max_length=40, blank=True)
    message = models.TextField(blank=True)
    reply = models.TextField(blank=True)

    class Meta:
        app_label = "benchmarks"


ALL = (Letter, Clear)
NAMES = ("name", "email", "phone", "message", "reply")

"""Records sealed, and the same in plain Django with the same indices and nothing else."""

from typing import Any

from django.db import models

import kept
from kept._kit import clock
from kept._kit.ids import new_id

BY = ("pur", "ttl", "dec", "shr")
"""What groups of records are found by."""


def _indices(name: str) -> list[Any]:
    return [models.Index(fields=[one, "number"], name=f"{name}_{one}") for one in BY]


class Attributes(models.Model):
    """What says nothing about a person by itself, in columns in both tables."""

    number = models.PositiveIntegerField(unique=True)
    pur = models.PositiveSmallIntegerField()
    ttl = models.PositiveSmallIntegerField()
    dec = models.PositiveSmallIntegerField()
    acl = models.PositiveSmallIntegerField()
    shr = models.PositiveSmallIntegerField()
    cat = models.PositiveSmallIntegerField()

    class Meta:
        abstract = True


class Record(Attributes, kept.Model):
    """Sealed: the data and where they came from. Whose it is: the subject."""

    data = kept.Text("communication.message")
    src = kept.Char("identity.title", max_length=40)

    class Meta:
        app_label = "gdprbench"
        indexes = _indices("record")

    class Kept:
        collect = "record"


class PlainUser(models.Model):
    """A person in clear."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(unique=True)
    objection = models.PositiveSmallIntegerField(null=True)

    class Meta:
        app_label = "gdprbench"

    class Kept:
        not_personal = "the baseline of a benchmark, outside what is measured"


class PlainRecord(Attributes):
    """The same record in clear."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(PlainUser, models.PROTECT, related_name="+")
    since = models.DateField(default=clock.today, db_index=True)
    data = models.TextField()
    src = models.CharField(max_length=40)

    class Meta:
        app_label = "gdprbench"
        indexes = _indices("plain")

    class Kept:
        not_personal = "the baseline of a benchmark, outside what is measured"


class PlainLog(models.Model):
    """What happened to a person's records, so that the baseline can answer for it, too."""

    user = models.ForeignKey(PlainUser, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    day = models.DateField(default=clock.today)

    class Meta:
        app_label = "gdprbench"

    class Kept:
        not_personal = "the baseline of a benchmark, outside what is measured"

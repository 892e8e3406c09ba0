"""Rows that are several people's, and rows that hang on other people's rows."""

from django.db import models

import kept


class Letter(models.Model):
    """Two people's: either may be erased first."""

    sender = models.ForeignKey("kept_vault.Subject", models.PROTECT, related_name="+")
    receiver = models.ForeignKey("kept_vault.Subject", models.SET_NULL, null=True, related_name="+")
    word = models.CharField(max_length=20, default="dear")
    signature = models.CharField(max_length=20, default="")

    class Meta:
        app_label = "crowd"

    class Kept:
        holds_by = ("sender", "receiver")
        columns = ("signature",)


class Answer(models.Model):
    """One person's row that hangs on another one's."""

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="answers")
    author = models.ForeignKey("kept_vault.Subject", models.PROTECT, related_name="+")

    class Meta:
        app_label = "crowd"


class Stamp(models.Model):
    """A person's by three keys, the first of which may be empty."""

    answer = models.ForeignKey(Answer, models.CASCADE, null=True, related_name="stamps")

    class Meta:
        app_label = "crowd"

    class Kept:
        holds_by = "answer__letter__sender"


class Topic(kept.Model):
    """A sealed row that others answer."""

    name = kept.Char("identity.name", max_length=20)

    class Meta:
        app_label = "crowd"

    class Kept:
        collect = "inquiry"


class Remark(models.Model):
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="remarks")
    above = models.ForeignKey("self", models.CASCADE, null=True, related_name="below")
    subject = models.ForeignKey("kept_vault.Subject", models.PROTECT, related_name="+")

    class Meta:
        app_label = "crowd"


class Vote(models.Model):
    """Counts on without its voter; one each."""

    voter = models.ForeignKey("kept_vault.Subject", models.PROTECT, related_name="+")
    topic = models.IntegerField(default=0)
    why = models.CharField(max_length=20, default="", blank=True)

    class Meta:
        app_label = "crowd"
        unique_together = (("voter", "topic"),)

    class Kept:
        on_erase = "anonymise"
        columns = ("why",)


class Receipt(models.Model):
    subject = models.ForeignKey("kept_vault.Subject", models.PROTECT, related_name="+")

    class Meta:
        app_label = "crowd"

    class Kept:
        on_erase = "keep"
        reason = "numbers without a name, for the books"


class Team(models.Model):
    """Nothing about anybody, but for who is in it: that stands in a table without a model."""

    members = models.ManyToManyField("kept_vault.Subject", related_name="+")

    class Meta:
        app_label = "crowd"

    class Kept:
        not_personal = "a number"


class Venue(models.Model):
    """A stored model without people, from which models with people derive."""

    size = models.IntegerField(default=0)

    class Meta:
        app_label = "crowd"

    class Kept:
        not_personal = "places"


class Home(Venue):
    owner = models.ForeignKey("kept_vault.Subject", models.PROTECT, related_name="+")

    class Meta:
        app_label = "crowd"


class Cabin(Venue, kept.AdoptedModel):  # type: ignore[misc] # two bases with managers of their own
    """The envelope stands in the child's table."""

    name = kept.Char("identity.name", max_length=20)

    class Meta:
        app_label = "crowd"

    class Kept:
        collect = "inquiry"


class Order(models.Model):
    subject = models.ForeignKey("kept_vault.Subject", models.PROTECT, related_name="+")

    class Meta:
        app_label = "crowd"


class Bill(models.Model):
    """Stays, and so does what it hangs on."""

    order = models.ForeignKey(Order, models.CASCADE)

    class Meta:
        app_label = "crowd"

    class Kept:
        holds_by = "order__subject"
        on_erase = "keep"
        reason = "numbers without a name, for the books"


class Holder(models.Model):
    """Refers to one of the cards that refer to it."""

    subject = models.ForeignKey("kept_vault.Subject", models.PROTECT, related_name="+")
    main = models.ForeignKey("Card", models.SET_NULL, null=True, related_name="+")

    class Meta:
        app_label = "crowd"


class Card(models.Model):
    subject = models.ForeignKey("kept_vault.Subject", models.PROTECT, related_name="+")
    holder = models.ForeignKey(Holder, models.CASCADE, related_name="cards")

    class Meta:
        app_label = "crowd"


class Left(models.Model):
    """Two tables that take each other along."""

    subject = models.ForeignKey("kept_vault.Subject", models.PROTECT, related_name="+")
    right = models.ForeignKey("Right", models.CASCADE, null=True, related_name="+")

    class Meta:
        app_label = "crowd"


class Right(models.Model):
    subject = models.ForeignKey("kept_vault.Subject", models.PROTECT, related_name="+")
    left = models.ForeignKey(Left, models.CASCADE, null=True, related_name="+")

    class Meta:
        app_label = "crowd"

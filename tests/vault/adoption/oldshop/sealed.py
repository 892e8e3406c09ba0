"""The same models with sealed fields."""

from django.db import models

import kept


class Shown(models.Manager):  # type: ignore[type-arg] # of a project without types
    def get_queryset(self):
        return super().get_queryset().filter(hidden=False)


class Inquiry(kept.AdoptedModel):
    name = kept.Char("identity.name", max_length=80)
    email = kept.Email("contact.email")
    phone = kept.Char("contact.phone", max_length=30, null=True, blank=True)
    message = kept.Text("communication.message", blank=True)
    born = kept.Date("identity.birth-date", null=True, blank=True)
    called = kept.DateTime("communication.message", null=True, blank=True)
    worth = kept.Decimal(
        "communication.message", max_digits=12, decimal_places=3, null=True, blank=True
    )
    married = kept.Boolean("communication.message", null=True, blank=True)
    children = kept.Integer("communication.message", null=True, blank=True)
    extra = kept.JSON("communication.message", default=dict, blank=True)
    state = models.CharField(max_length=9, default="new")
    hidden = models.BooleanField(default=False)
    created = models.DateTimeField()

    objects = Shown()

    class Meta:
        app_label = "shop"

    class Kept:
        collect = "inquiry"
        subject = "email"
        since = "created"


class Note(models.Model):
    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="notes")
    word = models.CharField(max_length=9)

    class Meta:
        app_label = "shop"

    class Kept:
        holds_by = "inquiry__subject"


class Customer(kept.AdoptedModel):
    id = models.UUIDField(primary_key=True)
    email = kept.Email("contact.email")

    class Meta:
        app_label = "shop"

    class Kept:
        collect = "customer"
        subject = "email"


class Order(kept.AdoptedModel):
    customer = models.ForeignKey(Customer, models.CASCADE)
    address = kept.Text("contact.address")
    state = models.CharField(max_length=9, default="new")

    class Meta:
        app_label = "shop"

    class Kept:
        collect = "order"
        subject_from = "customer__subject"

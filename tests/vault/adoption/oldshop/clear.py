"""The shop's models as they always were: clear columns."""

from django.db import models


class Shown(models.Manager):  # type: ignore[type-arg] # of a project without types
    """Hides what was deleted softly: sealing has to reach it all the same."""

    def get_queryset(self):
        return super().get_queryset().filter(hidden=False)


class Inquiry(models.Model):
    name = models.CharField(max_length=80)
    email = models.EmailField(db_index=True)
    phone = models.CharField(max_length=30, null=True, blank=True)
    message = models.TextField(blank=True)
    born = models.DateField(null=True)
    called = models.DateTimeField(null=True)
    worth = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    married = models.BooleanField(null=True)
    children = models.IntegerField(null=True)
    extra = models.JSONField(default=dict)
    state = models.CharField(max_length=9, default="new")
    hidden = models.BooleanField(default=False)
    created = models.DateTimeField()

    objects = Shown()

    class Meta:
        app_label = "shop"
        indexes = [models.Index(fields=["name", "state"], name="shop_by_name")]

    class Kept:
        not_personal = "declared in a later step of this test"
        though = ("name", "email", "phone")


class Note(models.Model):
    inquiry = models.ForeignKey(Inquiry, models.CASCADE, related_name="notes")
    word = models.CharField(max_length=9)

    class Meta:
        app_label = "shop"

    class Kept:
        not_personal = "one word"


class Customer(models.Model):
    id = models.UUIDField(primary_key=True)
    email = models.EmailField(unique=True)

    class Meta:
        app_label = "shop"

    class Kept:
        not_personal = "declared in a later step of this test"
        though = ("email",)


class Order(models.Model):
    customer = models.ForeignKey(Customer, models.CASCADE)
    address = models.TextField(db_column="ship_to")
    state = models.CharField(max_length=9, default="new")

    class Meta:
        app_label = "shop"

    class Kept:
        not_personal = "declared in a later step of this test"
        though = ("address",)

"""Django's paths, row by row: what is refused, with this error."""

from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Subquery, Window
from django.db.models.functions import Lower

from kept import gate
from kept.vault.errors import RefusedError
from tests.vault import catalogue as c

pytestmark = pytest.mark.django_db


@pytest.fixture
def M(models_in_scope: Any) -> Any:
    return models_in_scope


@pytest.fixture
def zoe(row: Any) -> Any:
    return row


def again(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


REFUSED = {
    "values": lambda M: M.Inquiry.objects.values("name").first(),
    "values_list": lambda M: list(M.Inquiry.objects.values_list("email", flat=True)),
    "order_by": lambda M: M.Inquiry.objects.order_by("name").first(),
    "annotate F": lambda M: M.Inquiry.objects.annotate(z=F("name")).first(),
    "aggregate": lambda M: M.Inquiry.objects.aggregate(Count("email")),
    "distinct on": lambda M: list(M.Inquiry.objects.values("name").distinct()),
    "order_by through a key": lambda M: list(M.Note.objects.order_by("inquiry__name")),
    "order_by an expression": lambda M: list(M.Inquiry.objects.order_by(F("name").desc())),
    "latest": lambda M: M.Inquiry.objects.latest("name"),
    "a function": lambda M: list(M.Inquiry.objects.annotate(z=Lower("name"))),
    "a window": lambda M: list(
        M.Inquiry.objects.annotate(z=Window(Count("pk"), partition_by=[F("name")]))
    ),
    "in a subquery": lambda M: M.Note.objects.annotate(
        z=Subquery(M.Inquiry.objects.filter(pk=OuterRef("inquiry")).values("name")[:1])
    ).first(),
    "compared with the outer query": lambda M: M.Note.objects.filter(
        Exists(M.Inquiry.objects.filter(email=OuterRef("word")))
    ).count(),
    "alias": lambda M: M.Inquiry.objects.alias(z=F("name")).filter(z="Zoe").count(),
    "dates": lambda M: list(M.Sample.objects.dates("day", "year")),
    "a key of JSON": lambda M: M.Sample.objects.filter(data__a=1).count(),
    "contains of JSON": lambda M: M.Sample.objects.filter(data__contains={"a": 1}).count(),
    "get_or_create by another field": lambda M: M.Inquiry.objects.get_or_create(name="Zoe"),
    "filter by the envelope": lambda M: M.Inquiry.objects.filter(sealed=b"x").count(),
    "filter = F": lambda M: M.Inquiry.objects.filter(email=F("state")).count(),
    "F on the right": lambda M: M.Inquiry.objects.filter(state=F("email")).count(),
    "icontains": lambda M: M.Inquiry.objects.filter(email__icontains="x").count(),
    "startswith": lambda M: M.Inquiry.objects.filter(email__startswith="x").count(),
    "gt": lambda M: M.Inquiry.objects.filter(email__gt="x").count(),
    "regex": lambda M: M.Inquiry.objects.filter(email__regex="x").count(),
    "isnull": lambda M: M.Inquiry.objects.filter(email__isnull=True).count(),
    "is None": lambda M: M.Inquiry.objects.filter(email=None).count(),
    "transform": lambda M: M.Sample.objects.filter(day__year=1999).count(),
    "not the identifier": lambda M: M.Inquiry.objects.filter(name="Zoe").count(),
    "in a query": lambda M: M.Inquiry.objects.filter(
        email__in=M.Note.objects.values("word")
    ).count(),
    "through a foreign key": lambda M: M.Note.objects.values("inquiry__email").first(),
    "update()": lambda M: M.Inquiry.objects.update(name="U"),
    "update() with F": lambda M: M.Inquiry.objects.update(name=F("state")),
    "update() from F": lambda M: M.Inquiry.objects.update(state=F("name")),
    "update(sealed=)": lambda M: M.Inquiry.objects.update(sealed=b"x"),
    "update(since=)": lambda M: M.Inquiry.objects.update(since="2999-01-01"),
    "update(subject=)": lambda M: M.Inquiry.objects.update(subject=c.person()),
    "bulk_update of the envelope": lambda M: M.Inquiry.objects.bulk_update(
        list(M.Inquiry.objects.all()), ["sealed"]
    ),
    "upsert": lambda M: M.Inquiry.objects.bulk_create(
        [M.Inquiry(name="U", email="u@x.org")],
        update_conflicts=True, unique_fields=["id"], update_fields=["sealed"],
    ),
    "assigning a sealed value": lambda M: setattr(
        M.Inquiry(), "name", gate.Sealed("identity.name", None, "x")
    ),
}  # fmt: skip


@pytest.mark.parametrize("path", REFUSED)
def test_refused(M: Any, zoe: Any, path: str):
    """Each is refused with V012, which names the field or model and what to do instead."""
    with pytest.raises(RefusedError, match=r"V012 .+; \w+"), transaction.atomic():
        REFUSED[path](M)
    assert again(zoe).name == "Zoe"


def test_bulk_update_of_a_sealed_field_is_refused_by_django(M: Any, zoe: Any):
    with pytest.raises(ValueError, match="concrete fields"):
        M.Inquiry.objects.bulk_update([zoe], ["name"])


def test_a_lookup_outside_a_scope_is_refused(M: Any, zoe: Any):
    with c.no_scope(), pytest.raises(RefusedError, match="outside a purpose scope"):
        M.Inquiry.objects.filter(email="Zoe@x.org").count()


def test_a_stored_row_cannot_change_its_subject(zoe: Any):
    with pytest.raises(RefusedError, match="another subject"):
        zoe.subject = c.person()


def test_the_copy_idiom_is_refused_instead_of_storing_what_nobody_can_open(M: Any, zoe: Any):
    zoe.pk, zoe._state.adding = None, True
    from kept.vault.errors import NotAuthenticError

    with pytest.raises(NotAuthenticError, match="V002"), transaction.atomic():
        zoe.save()
    assert M.Inquiry.objects.count() == 2

"""A sealed field stores what Django's column would have stored, or says that it cannot."""

import datetime
import decimal
import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils.translation import gettext_lazy

import kept
from kept import vault
from kept.vault.errors import NotStoredError, RefusedError
from tests.vault import catalogue as c

pytestmark = pytest.mark.django_db
DAY = datetime.date(2020, 2, 29)


class Kind(models.TextChoices):
    DOCTOR = "dr"


@pytest.fixture
def M(models_in_scope: Any) -> Any:
    return models_in_scope


def back(M: Any, name: str, value: Any) -> Any:
    made = M.Sample.objects.create(subject=c.person(), **{name: value})
    return getattr(M.Sample.objects.get(pk=made.pk), name)


@pytest.mark.parametrize(
    ("name", "given", "stored"),
    [
        ("text", 0, "0"),
        ("text", False, "False"),
        ("text", gettext_lazy("Yes"), "Yes"),
        ("char", 1.5, "1.5"),
        ("kind", Kind.DOCTOR, "dr"),
        ("phone", 5550100, "5550100"),
        ("flag", "False", False),
        ("flag", "0", False),
        ("flag", "t", True),
        ("flag", 0, False),
        ("flag", None, None),
        ("number", "-5", -5),
        ("number", 0, 0),
        ("number", 2**64 - 1, 2**64 - 1),
        ("amount", decimal.Decimal("1.239"), decimal.Decimal("1.24")),
        ("amount", 1.1, decimal.Decimal("1.10")),
        ("amount", "1E+2", decimal.Decimal("100.00")),
        ("day", "2020-02-29", DAY),
        ("day", datetime.datetime(2020, 2, 29, 23, 59, tzinfo=datetime.UTC), DAY),
        ("data", {1: (2, None)}, {"1": [2, None]}),
        ("data", 0, 0),
        ("data", "", ""),
    ],
)
def test_it_comes_back_as_from_a_column(M: Any, name: str, given: Any, stored: Any):
    found = back(M, name, given)
    assert (found, type(found)) == (stored, type(stored))


def test_a_decimal_has_the_digits_of_its_column(M: Any):
    assert str(back(M, "amount", 5)) == "5.00"


def test_a_moment_without_a_time_zone_is_taken_in_the_default_one_with_a_warning(M: Any):
    with pytest.warns(RuntimeWarning, match="naive"):
        found = back(M, "moment", "2020-02-29 12:00")
    assert found == datetime.datetime(2020, 2, 29, 12, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("name", "given", "error"),
    [
        ("number", "x", ValueError),
        ("number", 2**64, RefusedError),
        ("flag", "no", ValidationError),
        ("amount", decimal.Decimal("NaN"), ValidationError),
        ("amount", decimal.Decimal("12345678.90"), RefusedError),
        ("day", "2020-02-30", ValidationError),
        ("data", DAY, RefusedError),
        ("data", {"a": {1}}, RefusedError),
        ("data", b"x", RefusedError),
        ("data", 2**70, RefusedError),
        ("text", "\ud800", RefusedError),
    ],
)
def test_what_cannot_be_stored_is_an_error_and_stores_nothing(
    M: Any, name: str, given: Any, error: type[Exception]
):
    with pytest.raises(error), transaction.atomic():
        back(M, name, given)
    assert not M.Sample.objects.exists()


def test_json_has_the_encoder_and_decoder_that_it_names():
    class Decoder(json.JSONDecoder):
        def decode(self, *given: Any) -> Any:
            return ["decoded", super().decode(*given)]

    field = kept.JSON("communication.message", encoder=DjangoJSONEncoder, decoder=Decoder)
    assert field.to_sealed({"day": DAY}) == {"day": "2020-02-29"}
    assert field.converts
    assert field.from_sealed([1]) == ["decoded", [1]]


def test_a_dict_changed_in_place_to_what_json_cannot_say_is_an_error(M: Any):
    made = M.Sample.objects.create(subject=c.person(), data={"a": 1})
    row = M.Sample.objects.get(pk=made.pk)
    row.data["a"] = {1}
    with pytest.raises(RefusedError, match="V018"), transaction.atomic():
        row.save()
    row.data["a"] = {1: 2}
    row.save()
    assert M.Sample.objects.get(pk=made.pk).data == {"a": {"1": 2}}


def test_half_a_character_is_nobodys_address(M: Any):
    assert vault.find("email", "\ud800@x.org") is None
    assert not M.Inquiry.objects.filter(email="\ud800@x.org").exists()
    with pytest.raises(NotStoredError, match="V015"), transaction.atomic():
        M.Inquiry.objects.create(name="Zoe", email="\ud800@x.org")


@pytest.mark.parametrize("given", [0, "0"])
def test_a_falsy_identifier_is_one_all_the_same(M: Any, given: Any):
    made = M.Inquiry.objects.create(name="Zoe", email=given)
    assert made.subject_id == vault.find("email", "0")


@pytest.mark.parametrize(
    "given",
    [
        "+1 555\u20110100",
        "+1 (555) 01\u201300",
        "\u202a+1 555 0100\u202c",
        "+\uff11\u00a0555 0100",
        "+\u0661 \u0665\u0665\u0665 0100",
        "001 555 0100",
    ],
)
def test_a_phone_number_is_one_however_it_was_copied(given: str):
    assert vault.normal("phone", given) == "+15550100"

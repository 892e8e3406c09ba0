"""Django's paths, row by row: what works."""

import copy
import datetime
import decimal
import json
import pickle
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.core import serializers
from django.db.models import Case, Count, Exists, OuterRef, Q, Value, When
from django.db.models.signals import post_save, pre_save

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


def test_every_kind_comes_back_as_it_was(M: Any):
    moment = datetime.datetime(2020, 2, 29, 12, 30, 1, 5, tzinfo=datetime.UTC)
    given = {
        "char": "Zoë 🦉", "text": "a\nb" * 900, "email": "z@x.org", "phone": "+1 555 0100",
        "url": "https://x.org/a?b", "day": datetime.date(1999, 12, 31), "moment": moment,
        "number": 2**62, "amount": decimal.Decimal("12.50"), "flag": False,
        "data": {"a": [1, {"b": None}, 1.5]}, "kind": "dr",
    }  # fmt: skip
    made = M.Sample.objects.create(subject=c.person(), **given)
    row = again(made)
    assert {name: getattr(row, name) for name in given} == given
    assert row.get_kind_display() == "Doctor"


def test_defaults_hold_before_and_after_saving(M: Any):
    assert M.Sample().char == "anon"
    row = M.Sample.objects.create(subject=c.person(), number=1)
    row = again(row)
    assert (row.char, row.text, row.day, row.data) == ("anon", "", None, {})


def test_constructor_values_read_back_before_saving_without_a_scope():
    from tests.vault.host.models import Inquiry

    assert Inquiry(name="Zoe").name == "Zoe"


def test_save_writes_what_was_set(zoe: Any):
    zoe.name = "Mia"
    zoe.save()
    row = again(zoe)
    assert (row.name, row.email, row.message) == ("Mia", "Zoe@x.org", "hello")


def test_save_of_an_ordinary_column_leaves_the_envelope_alone(zoe: Any):
    other = again(zoe)
    other.name = "Mia"
    other.save()
    zoe.state = "done"
    zoe.save()
    row = again(zoe)
    assert (row.name, row.state) == ("Mia", "done")


def test_update_fields_may_name_sealed_fields(zoe: Any):
    zoe.name, zoe.state = "Mia", "done"
    zoe.save(update_fields=["name"])
    row = again(zoe)
    assert (row.name, row.state) == ("Mia", "new")


def test_update_fields_with_half_of_the_changes_is_refused(zoe: Any):
    zoe.name, zoe.phone = "Mia", "555"
    with pytest.raises(RefusedError, match=r"V012.*phone"):
        zoe.save(update_fields=["name"])


def test_only_then_reading_and_saving(M: Any, zoe: Any):
    row = M.Inquiry.objects.only("state").get(pk=zoe.pk)
    assert row.name == "Zoe"
    row = M.Inquiry.objects.only("state").get(pk=zoe.pk)
    row.name = "Mia"
    row.save()
    row = again(zoe)
    assert (row.name, row.email) == ("Mia", "Zoe@x.org")


def test_defer_of_the_envelope(M: Any, zoe: Any):
    row = M.Inquiry.objects.defer("sealed").get(pk=zoe.pk)
    row.state = "done"
    row.save()
    row = M.Inquiry.objects.defer("sealed", "revision", "subject").get(pk=zoe.pk)
    assert (row.name, row.state) == ("Zoe", "done")


def test_only_may_name_a_sealed_field(M: Any, zoe: Any):
    assert M.Inquiry.objects.only("name").get(pk=zoe.pk).name == "Zoe"


def test_refresh_from_db_brings_the_stored_values(zoe: Any):
    assert zoe.name == "Zoe"
    other = again(zoe)
    other.name = "Mia"
    other.save()
    zoe.phone = "unsaved"
    zoe.refresh_from_db()
    assert (zoe.name, zoe.phone) == ("Mia", "")


def test_refresh_of_some_fields_brings_those_and_leaves_the_others(zoe: Any):
    assert zoe.name == "Zoe"
    other = again(zoe)
    other.name, other.state = "Mia", "done"
    other.save()
    zoe.phone, zoe.message = "unsaved", "unsaved"
    zoe.refresh_from_db(fields=["name", "message"])
    assert (zoe.name, zoe.message, zoe.phone, zoe.state) == ("Mia", "hello", "unsaved", "new")
    zoe.save()
    row = again(zoe)
    assert (row.name, row.phone, row.state) == ("Mia", "unsaved", "new")


def test_refresh_of_an_ordinary_column_leaves_unsaved_values(zoe: Any):
    zoe.name = "Mia"
    zoe.refresh_from_db(fields=["state"])
    assert zoe.name == "Mia"


def test_unions_raw_queries_and_locked_rows(M: Any, zoe: Any):
    new, other = (M.Inquiry.objects.filter(state=one) for one in ("new", "other"))
    assert {row.name for row in new.union(other)} == {"Zoe", "Ada"}
    (row,) = M.Inquiry.objects.raw(
        "SELECT id, state FROM vaulttests_inquiry WHERE state = %s", ["new"]
    )
    assert row.name == "Zoe"
    assert M.Inquiry.objects.select_for_update().get(pk=zoe.pk).name == "Zoe"


def test_a_proxy_reads_and_writes_as_its_model(M: Any, zoe: Any):
    meta = type("Meta", (), {"proxy": True, "app_label": "vaulttests"})
    proxy: Any = type("Alias", (M.Inquiry,), {"__module__": __name__, "Meta": meta})
    try:
        row = proxy.objects.get(email="Zoe@x.org")
        row.name = "Mia"
        row.save()
        made = proxy.objects.create(name="Neu", email=c.email())
    finally:
        apps.all_models["vaulttests"].pop("alias")
        apps.clear_cache()
    assert (again(zoe).name, M.Inquiry.objects.get(pk=made.pk).name) == ("Mia", "Neu")


def test_conditions_by_identifier_in_expressions(M: Any, zoe: Any):
    named = Q(email="Zoe@x.org")
    assert M.Inquiry.objects.aggregate(many=Count("pk", filter=named))["many"] == 1
    marked = M.Inquiry.objects.annotate(hit=Case(When(named, then=Value(1)), default=Value(0)))
    assert {row.name for row in marked.filter(hit=1)} == {"Zoe"}
    theirs = M.Inquiry.objects.filter(pk=OuterRef("inquiry"), email="Zoe@x.org")
    assert M.Note.objects.filter(Exists(theirs)).count() == 1


def test_receivers_of_signals_read_and_change_values(M: Any, zoe: Any):
    seen: list[str] = []

    def before(instance: Any, **_: Any) -> None:
        instance.name = instance.name.upper()

    def after(instance: Any, created: bool, **_: Any) -> None:
        seen.append(instance.name)
        if created:
            instance.message = "welcome"
            instance.save()

    pre_save.connect(before, sender=M.Inquiry)
    post_save.connect(after, sender=M.Inquiry)
    try:
        zoe.save()
        made = M.Inquiry.objects.create(name="neu", email=c.email())
    finally:
        pre_save.disconnect(before, sender=M.Inquiry)
        post_save.disconnect(after, sender=M.Inquiry)
    row = again(made)
    assert (row.name, row.message, again(zoe).name) == ("NEU", "welcome", "ZOE")
    assert seen == ["ZOE", "NEU", "NEU"]


def test_a_formset_edits_rows(M: Any, zoe: Any):
    formset = forms.modelformset_factory(M.Inquiry, fields=["name"], extra=0)
    rows = M.Inquiry.objects.filter(pk=zoe.pk)
    assert "Zoe" in str(formset(queryset=rows))
    sent = {
        "form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1",
        "form-0-id": str(zoe.pk), "form-0-name": "Mia",
    }  # fmt: skip
    filled = formset(sent, queryset=rows)
    assert filled.is_valid(), filled.errors
    filled.save()
    assert again(zoe).name == "Mia"


def test_bulk_create(M: Any):
    rows = M.Inquiry.objects.bulk_create(
        [M.Inquiry(name=f"N{i}", email=f"{i}@x.org") for i in range(3)]
    )
    assert [again(row).name for row in rows] == ["N0", "N1", "N2"]
    rows[0].name = "Mia"
    rows[0].save()
    assert again(rows[0]).email == "0@x.org"


def test_get_or_create_and_update_or_create(M: Any, zoe: Any):
    found, made = M.Inquiry.objects.get_or_create(email="Zoe@x.org", defaults={"name": "No"})
    assert (found.pk, made) == (zoe.pk, False)
    found, made = M.Inquiry.objects.update_or_create(email="Zoe@x.org", defaults={"name": "Mia"})
    assert (found.pk, made, again(zoe).name) == (zoe.pk, False, "Mia")
    found, made = M.Inquiry.objects.get_or_create(email="new@x.org", defaults={"name": "New"})
    assert (made, again(found).name) == (True, "New")


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ({"email": "Zoe@x.org"}, {"Zoe"}),
        ({"email": "zoe@x.org"}, set()),
        ({"email__iexact": "zoe@X.ORG"}, {"Zoe"}),
        ({"email__in": ["Zoe@x.org", "ada@x.org", "no@x.org"]}, {"Zoe", "Ada"}),
        ({"email": "no@x.org"}, set()),
        ({"notes__word": "note", "email": "Zoe@x.org"}, {"Zoe"}),
    ],
)
def test_filters_by_identifier(M: Any, zoe: Any, condition: dict[str, Any], names: set[str]):
    assert {row.name for row in M.Inquiry.objects.filter(**condition)} == names
    assert M.Inquiry.objects.filter(**condition).count() == len(names)
    assert {row.name for row in M.Inquiry.objects.exclude(**condition)} == {"Zoe", "Ada"} - names


def test_filters_combine(M: Any, zoe: Any):
    either = Q(email="Zoe@x.org") | Q(state="other")
    assert M.Inquiry.objects.filter(either).count() == 2
    assert M.Inquiry.objects.filter(~Q(email="Zoe@x.org")).get().name == "Ada"
    assert M.Inquiry.objects.exclude(Q(email__in=["no@x.org"])).count() == 2
    inner = M.Inquiry.objects.filter(email="Zoe@x.org")
    assert M.Note.objects.filter(inquiry__in=inner).count() == 1
    assert not M.Inquiry.objects.filter(email="no@x.org").exists()


def test_filters_through_a_foreign_key(M: Any, zoe: Any):
    M.Note.objects.create(word="loose")
    assert M.Note.objects.filter(inquiry__email="Zoe@x.org").get().word == "note"
    assert M.Note.objects.exclude(inquiry__email="Zoe@x.org").get().word == "loose"


def test_select_and_prefetch_related(M: Any, zoe: Any):
    assert M.Note.objects.select_related("inquiry").get().inquiry.name == "Zoe"
    assert M.Note.objects.prefetch_related("inquiry").get().inquiry.name == "Zoe"
    assert [len(row.notes.all()) for row in M.Inquiry.objects.prefetch_related("notes")]


def test_inheritance_from_a_stored_model(M: Any):
    made = M.LongInquiry.objects.create(subject=c.person(), name="Zoe", rank=3)
    row = again(made)
    assert (row.name, row.rank) == ("Zoe", 3)
    row.name, row.rank = "Mia", 4
    row.save()
    assert M.BaseInquiry.objects.get(pk=made.pk).name == "Mia"
    assert again(made).rank == 4


def test_a_list_or_dict_changed_in_place_is_saved(M: Any):
    row = again(M.Sample.objects.create(subject=c.person(), data={"a": 1}))
    row.data["b"] = [2]
    row.save()
    row = again(row)
    assert row.data == {"a": 1, "b": [2]}
    fresh = M.Sample(subject=c.person())
    fresh.data["c"] = 3
    fresh.save()
    assert again(fresh).data == {"c": 3}


def test_model_form(M: Any, zoe: Any):
    class Form(forms.ModelForm):
        class Meta:
            model = M.Inquiry
            fields = "__all__"

    assert list(Form().fields) == ["name", "email", "phone", "message", "state"]
    bad = Form({"name": "x" * 21, "email": "no", "state": "new"})
    assert set(bad.errors) == {"name", "email"}
    form = Form(instance=zoe)
    assert form["name"].value() == "Zoe"
    form = Form({"name": "Mia", "email": "Zoe@x.org", "state": "new"}, instance=zoe)
    assert form.is_valid(), form.errors
    form.save()
    assert again(zoe).name == "Mia"
    form = Form({"name": "Neu", "email": "neu@x.org", "state": "new"})
    assert again(form.save()).email == "neu@x.org"


def test_full_clean(zoe: Any):
    zoe.full_clean()
    zoe.email = "no"
    with pytest.raises(forms.ValidationError):
        zoe.full_clean()


def test_full_clean_outside_a_scope_leaves_sealed_values(zoe: Any):
    row = again(zoe)
    with c.no_scope():
        row.full_clean()
        row.state = "done"
        row.save()
    assert (again(zoe).name, again(zoe).state) == ("Zoe", "done")


def test_dumps_leave_sealed_values_out_and_loads_leave_them_alone(M: Any, zoe: Any):
    text = serializers.serialize("json", M.Inquiry.objects.filter(pk=zoe.pk))
    assert "Zoe" not in text
    ordinary = {"subject", "collected", "since", "revision", "state"}
    assert set(json.loads(text)[0]["fields"]) == ordinary
    for loaded in serializers.deserialize("json", text):
        loaded.save()
    assert again(zoe).name == "Zoe"


def test_raw_save_of_a_new_row(M: Any):
    row = M.Sample(subject=c.person(), char="Zoe", collected=0)
    row.save_base(raw=True)
    assert again(row).char == "Zoe"


def test_copies_keep_unsaved_values_and_drop_opened_ones(zoe: Any):
    assert zoe.name == "Zoe"
    zoe.phone = "555"
    for made in (copy.copy(zoe), copy.deepcopy(zoe)):
        assert made.phone == "555"
        with c.no_scope():
            assert isinstance(made.name, gate.Sealed)
        assert "Zoe" not in repr(made.__dict__)


def test_pickling_drops_opened_values_and_refuses_unsaved_ones(zoe: Any):
    assert zoe.name == "Zoe"
    data = pickle.dumps(zoe)
    assert b"Zoe" not in data
    assert pickle.loads(data).name == "Zoe"
    zoe.name = "Mia"
    with pytest.raises(RefusedError, match=r"V012.*unsaved"):
        pickle.dumps(zoe)


def test_delete(M: Any, zoe: Any):
    zoe.delete()
    assert M.Inquiry.objects.count() == 1


def test_queryset_delete_by_identifier(M: Any, zoe: Any):
    M.Inquiry.objects.filter(email="Zoe@x.org").delete()
    assert M.Inquiry.objects.get().name == "Ada"


def test_a_slice_an_iterator_and_in_bulk(M: Any, zoe: Any):
    assert len([row.name for row in M.Inquiry.objects.all()[:1]]) == 1
    assert {row.name for row in M.Inquiry.objects.iterator()} == {"Zoe", "Ada"}
    assert M.Inquiry.objects.in_bulk([zoe.pk])[zoe.pk].name == "Zoe"


def test_update_of_an_ordinary_column(M: Any, zoe: Any):
    M.Inquiry.objects.filter(email="Zoe@x.org").update(state="done")
    assert again(zoe).state == "done"


def test_bulk_update_of_an_ordinary_column(M: Any, zoe: Any):
    zoe.state = "done"
    M.Inquiry.objects.bulk_update([zoe], ["state"])
    assert again(zoe).state == "done"

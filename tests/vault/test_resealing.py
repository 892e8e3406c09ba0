"""A dropped field leaves the rows; adding one, or running it again, changes nothing."""

from typing import Any

import pytest
from django.apps import apps as installed
from django.db.migrations import AlterField, Migration
from django.db.migrations.state import ModelState, ProjectState

from kept import gate
from kept.vault import codec, fields, resealing
from kept.vault.keystore import keystore
from kept.vault.shape import shape_of
from tests.vault import catalogue as c

pytestmark = pytest.mark.django_db


def migrated(model: Any, **change: Any) -> dict[str, Any]:
    """What Django says after a migration that changed the envelope of `model`."""
    state = ProjectState(real_apps={"kept_vault"})
    state.add_model(ModelState.from_model(model))
    envelope = state.models["vaulttests", model._meta.model_name].fields["sealed"].clone()
    envelope.schema = {**envelope.schema, **change}
    envelope.schema = {name: one for name, one in envelope.schema.items() if one is not None}
    state.models["vaulttests", model._meta.model_name].fields["sealed"] = envelope
    migration = Migration("0002_x", "vaulttests")
    migration.operations = [AlterField(model._meta.model_name, "sealed", envelope)]
    return {
        "app_config": installed.get_app_config("vaulttests"),
        "plan": [(migration, False)], "apps": state.apps, "using": "default",
    }  # fmt: skip


def names(row: Any) -> set[str]:
    """The names that the stored envelope really holds."""
    row = type(row).objects.get(pk=row.pk)
    raw = bytes(row.__dict__["sealed"])
    key = keystore().keys.fetch([codec.key_id(raw, row)])
    (opened,) = key.values()
    return set(codec.open(raw, opened, shape_of(row).place(row)))


@pytest.fixture
def rows() -> list[Any]:
    from tests.vault.host.models import Inquiry

    with gate.purpose("serve"):
        return [
            Inquiry.objects.create(name="Zoe", email=c.email(), phone=phone)
            for phone in ("555", "", "777")
        ]


def test_a_dropped_field_leaves_every_row_and_the_rest_stays(rows: list[Any]):
    assert all("phone" in names(row) for row in (rows[0], rows[2]))
    resealing.after_migrate(**migrated(type(rows[0]), phone=None))
    assert all("phone" not in names(row) for row in rows)
    with gate.purpose("serve"):
        for row in rows:
            fresh = type(row).objects.get(pk=row.pk)
            assert (fresh.name, fresh.email.endswith("@x.org"), fresh.phone) == ("Zoe", True, "")


def test_doing_it_again_changes_nothing(rows: list[Any]):
    said = migrated(type(rows[0]), phone=None)
    resealing.after_migrate(**said)
    before = [names(row) for row in rows], [revision(row) for row in rows]
    resealing.after_migrate(**said)
    assert ([names(row) for row in rows], [revision(row) for row in rows]) == before


def revision(row: Any) -> int:
    return int(type(row).objects.values_list("revision", flat=True).get(pk=row.pk))


def test_an_added_field_reseals_nothing(rows: list[Any]):
    more = fields.Char("work.employer", max_length=9)
    resealing.after_migrate(**migrated(type(rows[0]), company=more))
    assert [revision(row) for row in rows] == [0, 0, 0]


def test_rows_of_erased_people_are_left_to_the_purge(rows: list[Any]):
    keystore().keys.destroy(rows[0].subject_id)
    resealing.after_migrate(**migrated(type(rows[0]), phone=None))
    assert revision(rows[0]) == 0
    assert "phone" not in names(rows[2])


def test_saving_with_older_code_keeps_what_newer_code_stored(rows: list[Any]):
    older = migrated(type(rows[0]), phone=None)["apps"].get_model("vaulttests", "Inquiry")
    with gate.purpose("serve"):
        row = older.objects.get(pk=rows[0].pk)
        row.name = "Mia"
        row.save()
        fresh = type(rows[0]).objects.get(pk=row.pk)
        assert (fresh.name, fresh.phone) == ("Mia", "555")

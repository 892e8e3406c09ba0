"""Django's paths, row by row: migrations, async code and dumps."""

import io
from typing import Any

import pytest
from django.core import serializers
from django.db import models

from kept import gate
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


def test_model_state_and_historical_models(M: Any, zoe: Any):
    from django.db.migrations.state import ModelState, ProjectState

    state = ProjectState(real_apps={"kept_vault"})
    state.add_model(ModelState.from_model(M.Inquiry))
    history = state.apps.get_model("vaulttests", "Inquiry")
    with c.no_scope(), gate.purpose(gate.MAINTAIN):
        row = history.objects.get(pk=zoe.pk)
        row.name = "Hist"
        row.save()
        assert isinstance(row.name, gate.Sealed)
    row = again(zoe)
    assert (row.name, row.email) == ("Hist", "Zoe@x.org")
    made = history.objects.create(name="Neu", email="neu@x.org")
    assert M.Inquiry.objects.get(pk=made.pk).name == "Neu"
    assert history.objects.get(email="neu@x.org").name == "Neu"


def test_autodetector_and_writer(M: Any):
    from django.db import connection, migrations
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.state import ModelState, ProjectState
    from django.db.migrations.writer import MigrationWriter

    from kept.vault import fields

    before, after = (ProjectState(real_apps={"kept_vault"}) for _ in range(2))
    for state in (before, after):
        state.add_model(ModelState.from_model(M.Inquiry))
    assert MigrationAutodetector(before, after)._detect_changes() == {}
    changed = after.models["vaulttests", "inquiry"].fields["sealed"].clone()
    changed.schema = {**changed.schema, "company": fields.Char("work.employer", max_length=9)}
    after.models["vaulttests", "inquiry"].fields["sealed"] = changed
    operation = (
        MigrationAutodetector(before, after)._detect_changes()["vaulttests"][0].operations[0]
    )
    assert isinstance(operation, migrations.AlterField)
    editor = connection.schema_editor(collect_sql=True)
    operation.database_forwards("vaulttests", editor, before, after)
    assert [line for line in editor.collected_sql if not line.startswith("--")] == []
    migration = type("Migration", (migrations.Migration,), {"operations": [operation]})
    text = MigrationWriter(migration("0002_x", "vaulttests")).as_string()
    assert "kept.vault.fields.Char('work.employer', max_length=9)" in text
    assert "kept.vault.fields.EnvelopeField(collect='inquiry'" in text
    exec(compile(text, "0002", "exec"), {})


@pytest.mark.django_db(transaction=True)
def test_async_orm(M: Any):
    from asgiref.sync import async_to_sync

    async def walk() -> tuple[Any, ...]:
        made = await M.Inquiry.objects.acreate(name="Zoe", email="zoe@x.org")
        row = await M.Inquiry.objects.aget(pk=made.pk)
        await c.aprepare([row])
        before = row.name
        row.name = "Mia"
        await row.asave()
        row = await M.Inquiry.objects.aget(email="zoe@x.org")
        rows = [one async for one in M.Inquiry.objects.all()]
        await c.aprepare(rows)
        return before, [one.name for one in rows]

    assert async_to_sync(walk)() == ("Zoe", ["Mia"])


def test_dumpdata_command(zoe: Any):
    out = io.StringIO()
    serializers.serialize("xml", models.QuerySet(type(zoe)).all(), stream=out)
    assert "Zoe" not in out.getvalue()

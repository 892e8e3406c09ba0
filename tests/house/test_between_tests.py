"""What stands between two tests works: the database is emptied, a dropped lock is noticed."""

import sqlite3
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from kept import vault
from tests import emptying, locks
from tests.posting import post, usimprints

__all__ = ["post", "usimprints"]


@pytest.mark.django_db(transaction=True)
def test_nothing_but_what_migrations_fill_is_left(usimprints):
    vault.make()
    Session.objects.create(session_key="a", session_data="b", expire_date=timezone.now())
    emptying.empty(connection)
    left = {model for model in apps.get_models() if model._base_manager.exists()}
    assert {model._meta.db_table for model in left} == emptying._FILLED_BY_MIGRATIONS
    assert Permission in left


def test_a_lock_is_missed_once_the_file_was_opened_and_closed(tmp_path: Path):
    file = tmp_path / "some.sqlite3"
    opened = sqlite3.connect(file)
    opened.execute("PRAGMA journal_mode=WAL")
    world = SimpleNamespace(vendor="sqlite", connection=opened, settings_dict={"NAME": file})
    assert locks.are_there(world)
    file.read_bytes()
    assert not locks.are_there(world)
    opened.close()
    assert locks.are_there(world)

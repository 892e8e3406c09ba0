"""Observing: the gate is asked when clear text is read, the reader gets it in any case."""

import copy
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.core import serializers
from django.db import transaction
from django.template import Context, Template

from kept import gate, vault
from kept.vault.adopting import tally
from tests.vault import catalogue as c

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noted(settings: Any, tmp_path: Path) -> Iterator[None]:
    """An empty tally of this test's own."""
    settings.KEPT = {**settings.KEPT, "DATA": tmp_path}
    tally._counts.clear()
    tally._written.clear()
    yield
    tally._counts.clear()
    tally._written.clear()


@pytest.fixture
def guest() -> Any:
    from tests.vault.host.models import Guest

    made = Guest.objects.create(id=uuid.uuid4(), name="Zoe", email=c.email())
    return Guest.objects.get(pk=made.pk)


def told() -> dict[tuple[str, str, str], int]:
    """(column, purpose, answer) -> how often at least."""
    found: dict[tuple[str, str, str], int] = {}
    for read, times in vault.observed().items():
        key = (read.column, read.purpose, read.answer)
        found[key] = found.get(key, 0) + times
    return found


def test_a_read_without_purpose_is_noted_with_its_place(guest: Any):
    assert guest.name == "Zoe"
    ((read, times),) = vault.observed().items()
    assert times == 1
    assert (read.model, read.column, read.answer) == ("vaulttests.Guest", "name", "no purpose")
    assert read.place.startswith("tests.vault.test_observing:")


def test_the_gate_decides_by_the_persons_choices_and_denies_nothing(guest: Any):
    with gate.purpose("serve"):
        assert guest.name == "Zoe"
    with gate.purpose("answer-inquiry"):
        assert guest.email.endswith("@x.org")
    with gate.purpose("news"):
        assert guest.name == "Zoe"
    assert told() == {
        ("name", "serve", "allowed"): 1,
        ("email", "answer-inquiry", "denied"): 1,
        ("name", "news", "denied"): 1,
    }
    whys = {read.purpose: read.why for read in vault.observed()}
    assert "consent" in whys["answer-inquiry"]
    vault.set_choices(vault.subject_of(guest), consent=["answer-inquiry"])
    with gate.purpose("answer-inquiry"):
        assert guest.email
    assert told()["email", "answer-inquiry", "allowed"] == 1


def test_what_a_page_shows_is_a_use(guest: Any):
    with gate.purpose("news"):
        text = Template("{{ guest.name }}").render(Context({"guest": guest}))
        serializers.serialize("json", [guest])
        form = forms.modelform_factory(type(guest), fields=["email"])(instance=guest)
        assert guest.email in form.as_p()
    assert text == "Zoe"
    assert told()["name", "news", "denied"] == 1
    assert told()["email", "news", "denied"] == 1


def test_what_django_reads_to_save_and_reload_is_none(guest: Any):
    guest.state = "old"
    guest.save()
    guest.refresh_from_db()
    guest.full_clean()
    copy.copy(guest)
    type(guest).objects.defer("name").get(pk=guest.pk).save()
    assert told() == {}
    assert type(guest).objects.only("pk").get(pk=guest.pk).name == "Zoe"
    assert told() == {("name", "", "no purpose"): 1}


def test_values_are_not_seen_and_that_is_said(guest: Any):
    from kept.vault.adopting import observing

    assert list(type(guest).objects.values_list("name", flat=True)) == ["Zoe"]
    assert told() == {}
    assert "values_list()" in (observing.__doc__ or "")


def test_in_a_broken_transaction_the_clauses_alone_decide(guest: Any):
    with transaction.atomic(), gate.purpose("answer-inquiry"):
        transaction.set_rollback(True)
        assert guest.name == "Zoe"
    assert told() == {("name", "answer-inquiry", "allowed"): 1}


def test_a_failure_to_observe_never_reaches_the_reader(guest: Any, caplog: Any, monkeypatch: Any):
    monkeypatch.setattr(tally, "_today", lambda: Path("/nowhere/at/all"))
    assert guest.name == "Zoe"
    assert "was not observed" in caplog.text


def test_many_reads_are_few_lines(guest: Any, tmp_path: Path):
    for _ in range(1000):
        assert guest.name
    (file,) = (tmp_path / "observed").glob("*.jsonl")
    assert len(file.read_text().splitlines()) == 10
    assert told() == {("name", "", "no purpose"): 1000}
    assert "Zoe" not in file.read_text()
    assert str(guest.pk) not in file.read_text()
    assert file.stat().st_mode & 0o077 == 0

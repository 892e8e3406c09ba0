"""How far each model is adopted, on the command line and for visitors."""

import json
import uuid
from typing import Any

import pytest
from click.testing import CliRunner

from kept import vault
from kept.cli import _project
from kept.cli.holdings import command
from tests.vault import catalogue as c

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command in this project."""
    monkeypatch.setattr(_project, "setup", lambda: None)
    return lambda *words: CliRunner().invoke(command, words)


def test_each_model_is_at_the_level_of_its_least_protected_column():
    found = {one.label: one.level for one in vault.levels()}
    assert found["vaulttests.Inquiry"] == found["vaulttests.Submission"] == "sealed"
    assert found["vaulttests.Author"] == "declared"
    assert found["vaulttests.Guest"] == "observed"
    assert found["vaulttests.Note"] == "ids only"
    assert {one.label for one in vault.below_sealed()} == {
        "vaulttests.Author", "vaulttests.Comment", "vaulttests.Guest",
    }  # fmt: skip


def test_the_command_shows_levels_and_rows_of_nobody(run: Any):
    from tests.vault.host.models import Author

    Author.objects.create(email=c.email())
    Author.objects.bulk_create([Author(email=c.email()), Author(name="?")])
    shown = run("show")
    assert shown.exit_code == 0
    assert "vaulttests.Author" in shown.output
    assert "2 rows of nobody" in " ".join(shown.output.split())
    told = {one["model"]: one for one in json.loads(run("show", "--json").output)}
    assert told["vaulttests.Author"] == {
        "model": "vaulttests.Author", "level": "declared", "clear": ["email", "name"],
        "sealed": [], "rows": 3, "nobodys": 2,
    }  # fmt: skip
    linked = run("link")
    assert (linked.exit_code, "vaulttests.Author: 1 linked, 1 of nobody" in linked.output) == (
        1, True,
    )  # fmt: skip
    Author.objects.filter(name="?").delete()
    assert run("link").exit_code == 0


def test_what_was_read_is_told(run: Any, settings: Any, tmp_path: Any):
    from tests.vault.host.models import Guest

    settings.KEPT = {**settings.KEPT, "DATA": tmp_path}
    guest = Guest.objects.create(id=uuid.uuid4(), name="Zoe", email=c.email())
    assert guest.name == "Zoe"
    shown = run("observed")
    assert shown.exit_code == 1
    assert "vaulttests.Guest" in shown.output
    told = json.loads(run("observed", "--json").output)
    assert [one["column"] for one in told] == ["name"]
    assert told[0]["answer"] == "no purpose"

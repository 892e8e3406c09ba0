"""`kept vault` tells and finishes."""

from typing import Any

import pytest
from click.testing import CliRunner

from kept import gate, vault
from kept.cli import _project
from kept.cli.vault import command
from kept.vault import erasing
from tests.vault import catalogue as c

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command in this project."""
    monkeypatch.setattr(_project, "setup", lambda: None)
    return lambda *words: CliRunner().invoke(command, words)


def test_show_and_verify(run: Any):
    shown = run("show")
    assert (shown.exit_code, "0 erasures to finish" in shown.output) == (0, True)
    assert "master key 1, made 20" in shown.output
    vault.find_or_make("email", c.email())
    verified = run("verify")
    assert verified.output.endswith("keys open with the current master key\n")
    assert int(verified.output.split()[0]) > 0


def test_an_erasure_that_is_not_whole_is_shown_and_finished(run: Any):
    from tests.vault.host.models import BaseInquiry

    with gate.purpose("serve"):
        row = BaseInquiry.objects.create(subject=vault.make(), name="Zoe")
    erasing.erase_keys(row.subject_id)
    shown = run("show")
    assert (shown.exit_code, str(row.subject_id) in shown.output) == (1, True)
    done = run("finish")
    assert (done.exit_code, done.output) == (0, f"{row.subject_id}: 1 of 1 rows\n")
    assert not BaseInquiry.objects.filter(pk=row.pk).exists()

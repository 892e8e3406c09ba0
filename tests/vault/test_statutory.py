"""What a law keeps is read under that law only, for a duty, and on record before it is opened."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kept import gate, ledger, vault
from kept.cli import _project
from kept.cli.vault import command
from kept.vault.errors import RefusedError
from tests.vault import catalogue as c
from tests.vault.held import LAW, Somebody
from tests.vault.policies import gate_of

pytestmark = pytest.mark.django_db(transaction=True)

DUTY = (
    LAW
    + """
[purposes.comply]
says = "obey the law"
basis = "legal-obligation"
"""
)


@pytest.fixture(autouse=True)
def in_force() -> Any:
    with gate.only_for_testing_in_force(gate_of(DUTY)):
        yield


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is recorded at once."""
    seen: list[Any] = []
    monkeypatch.setattr(ledger, "record_now", lambda *one: seen.append(one))
    return seen


def erased() -> Somebody:
    """Somebody of whom the law keeps one row."""
    zoe = Somebody()
    with gate.purpose("serve"):
        zoe.M.Sample.objects.create(subject_id=zoe.subject, char="", text="invoice")
    vault.erase(zoe.subject)
    return zoe


def read(zoe: Somebody, statute: str = "tax", purpose: str = "comply") -> list[Any]:
    return list(vault.statutory_data(statute, purpose, "aa", subject=zoe.subject))


def test_it_is_given_of_an_erased_person_once_it_is_on_record(opened: list[Any]):
    zoe = erased()
    found = vault.statutory_data("tax", "comply", "aa", subject=zoe.subject)
    assert opened == []
    whose, row = next(found)
    ((event, subject),) = opened
    assert (whose, subject) == (zoe.subject, None)
    assert (event.purpose, event.statute, event.actor, event.by) == ("comply", "tax", "staff", "aa")
    assert "communication.message" in event.categories
    assert row.label == "vaulttests.Sample"
    assert "invoice" in {one.values.get("text") for _, one in [(whose, row), *found]}
    assert len(opened) == 1


def test_where_the_record_fails_nothing_is_opened(monkeypatch: pytest.MonkeyPatch):
    zoe = erased()
    monkeypatch.setattr(ledger, "record_now", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        next(vault.statutory_data("tax", "comply", "aa", subject=zoe.subject))


@pytest.mark.parametrize(
    ("statute", "purpose", "text"),
    [
        ("customs", "comply", r"no `\[statutes.customs\]`; it has: tax"),
        ("tax", "serve", "`serve` is no legal obligation; these are: comply"),
        ("tax", "curiosity", "`curiosity` is no legal obligation"),
    ],
)
def test_another_law_or_purpose_opens_nothing(
    opened: list[Any], statute: str, purpose: str, text: str
):
    zoe = erased()
    with pytest.raises(RefusedError, match=f"V045.*{text}"):
        read(zoe, statute, purpose)
    assert opened == []


def test_a_person_of_whom_the_law_keeps_nothing_is_not_recorded(opened: list[Any]):
    erased()
    with gate.only_for_testing_in_force(gate_of(DUTY.replace('\nstatute = "tax"', ""))):
        zoe = Somebody()
        vault.erase(zoe.subject)
    assert read(zoe) == []
    assert opened == []


def test_staff_list_whom_it_is_about_and_read_all_of_it_into_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: list[Any]
):
    from kept.keepers.accounts.models import User

    monkeypatch.setattr(_project, "setup", lambda: None)
    name = f"reader-{c.email().split('@')[0]}"
    reader = User.objects.create_user(name, "password", is_staff=True)
    zoe, into = erased(), tmp_path / "tax"

    def run(*words: str) -> Any:
        return CliRunner().invoke(command, ["statutory", *words])

    assert str(zoe.subject) in run("list", "tax").output
    words = ("read", "tax", "--for", "comply", "--into", str(into))
    assert run(*words).exit_code == 2, "nobody reads without saying who"
    assert "X056" in str(run(*words, "--by", "nobody").exception)
    assert not into.exists()
    done = run(*words, "--person", str(zoe.subject), "--by", name)
    assert done.exit_code == 0, done.exception
    assert done.output.endswith(f"in clear, in {into}\n")
    assert "invoice" in (into / "rows.jsonl").read_text()
    assert str(zoe.subject) in (into / "rows.jsonl").read_text()
    assert (into.stat().st_mode & 0o777, {one.by for one, _ in opened}) == (0o700, {str(reader.pk)})

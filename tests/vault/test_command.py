"""`kept vault` tells and finishes."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kept import gate, ledger, vault
from kept.cli import _project
from kept.cli.vault import command
from kept.vault import erasing
from tests.vault import catalogue as c
from tests.vault.held import HOLDS, Somebody, in_days
from tests.vault.policies import gate_of

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


@pytest.fixture
def staff(db: None) -> str:
    """The user name of a member of staff."""
    from kept.keepers.accounts.models import User

    User.objects.create_user("holder", "password", is_staff=True)
    return "holder"


def test_a_hold_is_placed_listed_and_lifted_by_staff(run: Any, staff: str):
    with gate.only_for_testing_in_force(gate_of(HOLDS)):
        zoe = Somebody()
        last = in_days(9).isoformat()
        words = ("hold", "place", zoe.email, "--reason", "legal", "--until", last)
        assert "X056" in str(run(*words, "--by", "zoe").exception)
        placed = run(*words, "--by", staff)
        assert placed.exit_code == 0, placed.output
        (made,) = vault.holds(zoe.subject)
        assert placed.output.startswith(f"{made.id}: placed; keeps everything until {last}")
        listed = run("hold", "list", str(zoe.subject))
        assert str(made.id) in listed.output
        assert zoe.email not in listed.output + placed.output
        vault.erase(zoe.subject)
        lifted = run("hold", "lift", str(made.id), "--by", staff)
        assert (lifted.exit_code, lifted.output) == (
            0, "lifted\nthe erasure went on: 6 of 6 rows\n",
        )  # fmt: skip
        assert run("hold", "list", str(zoe.subject)).output == "0 holds\n"
        assert str(made.id) not in run("hold", "list").output


def test_lifting_one_of_two_reasons_says_what_is_still_kept(run: Any, staff: str):
    with gate.only_for_testing_in_force(gate_of(HOLDS)):
        zoe = Somebody()
        names = vault.place_hold(zoe.subject, "names", in_days(3), "aa")
        legal = vault.place_hold(zoe.subject, "legal", in_days(9), "aa")
        vault.erase(zoe.subject)
        lifted = run("hold", "lift", str(legal.id), "--by", staff)
        assert lifted.exit_code == 1
        until = in_days(3).isoformat()
        assert f"kept: 1 in vaulttests.Inquiry, holds.names until {until}" in lifted.output
        run("hold", "lift", str(names.id), "--by", staff)
        assert zoe.left() == set()


def test_what_is_held_of_an_erased_person_is_read_for_its_reason_and_on_record_first(
    run: Any, staff: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with gate.only_for_testing_in_force(gate_of(HOLDS)):
        zoe = Somebody("billed")
        made = vault.place_hold(zoe.subject, "billing", in_days(3), "aa")
        vault.erase(zoe.subject)
        with monkeypatch.context() as broken:
            broken.setattr(ledger, "record_now", lambda *_: 1 / 0)
            run("hold", "read", str(made.id), "--into", str(tmp_path / "no"), "--by", staff)
            assert (tmp_path / "no" / "rows.jsonl").read_bytes() == b""
        seen: list[Any] = []
        monkeypatch.setattr(ledger, "record_now", lambda *one: seen.append(one))
        into = tmp_path / "held"
        done = run("hold", "read", str(made.id), "--into", str(into), "--by", staff)
        assert done.output == f"2 rows and 1 files, in clear, in {into}\n"
        text = (into / "rows.jsonl").read_text()
        assert "billed" in text
        assert "letter.txt" in text
        assert "Zoe" not in text, "the reason does not cover names, though they are in the row"
        assert (into / str(zoe.file.pk)).read_bytes() == b"file of billed"
        ((event, subject),) = seen
        assert (event.purpose, event.categories) == ("holds.billing", ("communication.message",))
        assert subject is None
        vault.lift_hold(made.id, "aa")
        again = run("hold", "read", str(made.id), "--into", str(tmp_path / "x"), "--by", staff)
        assert "V041" in str(again.exception)


def test_two_people_are_merged_by_staff(run: Any, staff: str):
    zoe, ada = Somebody(), Somebody()
    assert "X055" in str(run("merge", c.email(), ada.email, "--by", staff).exception)
    merged = run("merge", zoe.email, str(ada.subject), "--by", staff)
    assert merged.output == f"{zoe.subject} is {ada.subject} now: 6 rows and files moved\n"
    assert vault.find("email", zoe.email) == ada.subject


def test_the_journal_is_exported_and_read_again(run: Any, tmp_path: Path):
    zoe = Somebody()
    vault.erase(zoe.subject)
    file = tmp_path / "journal"
    assert run("journal", "export", str(file)).output.endswith("lines\n")
    done = run("journal", "import", str(file))
    assert done.exit_code == 0, done.exception
    assert done.output.startswith("0 people's keys destroyed, 0 rows purged")
    file.write_text("{}")
    assert "V044" in str(run("journal", "import", str(file)).exception)

"""`kept backup`, `kept backup test`, `kept restore` on a real project, as the how-to says."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import served

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "back-up-and-restore.md"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[served.Made]:
    """A project that was served once."""
    made = served.make(tmp_path_factory.mktemp("backups") / "shop")
    served.serve(made).stop()
    yield made
    made.remove_databases()


def test_every_command_of_the_how_to_works_in_its_order(project: served.Made):
    lines = re.findall(r"^(kept .*)$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert {" ".join(line.split()[:2]) for line in lines} == {
        "kept backup", "kept restore", "kept vault",
    }  # fmt: skip
    for line in lines:
        words = [newest(project, word) for word in line.split("#")[0].split()[1:]]
        done = project.kept(*words)
        assert done.returncode == 0, (line, done.stdout, done.stderr)


def newest(project: served.Made, word: str) -> str:
    """`backups/data-…` is the newest of them."""
    if not word.endswith("-…"):
        return word
    return str(sorted(project.folder.glob(word.replace("…", "*")))[-1])


def test_a_site_that_is_served_is_not_restored_but_backed_up(project: served.Made):
    site = served.serve(project)
    try:
        made = json.loads(project.kept("backup", "--json").stdout)
        assert made["data"]["rows"] > 0
        refused = project.kept("restore", made["data"]["folder"], "--json")
        assert (refused.returncode, json.loads(refused.stderr)["error"]["code"]) == (2, "X022")
        tried = project.kept("backup", "test", "--json")
        assert (tried.returncode, json.loads(tried.stdout)["good"]) == (0, True)
    finally:
        site.stop()


def test_an_unfinished_restore_is_not_served(project: served.Made):
    marker = project.folder / "data" / "restore.json"
    marker.write_bytes(b'{"data":"x","new_keys":false,"placing":true,"unread":""}')
    try:
        refused = project.kept("serve", "--port", str(served.free_port()))
        assert (refused.returncode, "V035" in refused.stderr) == (2, True)
        keys = json.loads(project.kept("backup", "--json").stderr)["error"]["code"]
        assert keys == "V035"
    finally:
        marker.unlink()


def test_after_the_loss_of_everything_but_secrets_and_backups_the_site_serves(
    project: served.Made,
):
    made = json.loads(project.kept("backup", "--json").stdout)
    shutil.rmtree(project.folder / "data")
    shutil.rmtree(project.folder / "keys", ignore_errors=True)
    words = ["restore", made["data"]["folder"], "--keys", made["keys"]["folder"], "--json"]
    done = project.kept(*words)
    report = json.loads(done.stdout)
    assert report["made"]
    assert (done.returncode, bool(report["unread"])) in {(0, False), (1, True)}
    assert project.kept("vault", "verify").returncode == 0
    served.serve(project).stop()

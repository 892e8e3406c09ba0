"""`kept backup`, `kept backup test`, `kept restore` on a real project, as the how-to says."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests import served
from tests.settings import WORLD


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[served.Made]:
    """A project that was served once."""
    made = served.make(tmp_path_factory.mktemp("backups") / "shop")
    served.serve(made).stop()
    yield made
    made.remove_databases()


def test_a_site_that_is_served_is_not_restored_but_backed_up(project: served.Made):
    site = served.serve(project)
    try:
        made = json.loads(project.kept("backup", "--json").stdout)
        assert made["data"]["rows"] > 0
        assert "not in either: master key 1, in use since" in project.kept("backup").stdout
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


ASK = """
import django, json, sys
django.setup()
from uuid import UUID
from kept import vault
from kept.keepers.consent import flows
from kept.keepers.consent.models import Consent
verb, *people = sys.argv[1:]
if verb == "begin":
    made = [vault.find_or_make("email", f"{name}@x.org").pk for name in ("zoe", "ada", "mia")]
    for one in made:
        flows.give(one, point="inquiry", purposes=["news", "personalise"], shown="the text")
    print(json.dumps([str(one) for one in made]))
elif verb == "go on":
    zoe, ada, mia = map(UUID, people)
    vault.erase(zoe)
    flows.withdraw(ada, ["news"])
    vault.set_limits(mia, restricted=True)
else:
    from kept.vault.models import Subject
    rows = Subject.objects.in_bulk([UUID(one) for one in people])
    told = []
    for row in (rows[UUID(one)] for one in people):
        standing = flows.standing(row.pk).values_list("purpose", flat=True)
        told.append([row.state, row.restricted, sorted(standing)])
    print(json.dumps(told))
"""


def ask(project: served.Made, *words: str) -> list[Any]:
    """Run `ASK` in the project."""
    settings = f"{project.folder.name}.settings"
    done = subprocess.run(
        [sys.executable, "-c", ASK, *words],
        cwd=project.folder,
        env={**project.environment, "DJANGO_SETTINGS_MODULE": settings, "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout or "[]"))


def test_what_people_decided_since_the_backup_stands_after_the_restore(project: served.Made):
    people = ask(project, "begin")
    made = json.loads(project.kept("backup", "--json").stdout)
    ask(project, "go on", *people)
    done = project.kept("restore", made["data"]["folder"])
    assert done.returncode == 0, done.stderr
    assert "1 people who were erased since the backup stay erased" in done.stdout
    assert "2 withdrawals, objections or restrictions were set again" in done.stdout
    both = ["news", "personalise"]
    (zoe, ada, mia) = ask(project, "now", *people)
    assert zoe[0] == "erased"
    assert ada == ["active", False, ["personalise"]]
    assert mia == ["active", True, both]
    assert project.kept("ledger", "verify").returncode == 0


@pytest.mark.skipif(WORLD.engine == "postgresql", reason="there, nobody moves a folder")
@pytest.mark.parametrize("words", [("vault", "show"), ("serve",), ("backup",)])
def test_a_lost_key_store_is_said_and_no_empty_one_is_begun(
    project: served.Made, words: tuple[str, ...]
):
    ask(project, "begin")
    keys, away = project.folder / "keys", project.folder / "away"
    keys.rename(away)
    try:
        refused = project.kept(*words)
        assert refused.returncode == 2
        assert "V007" in refused.stderr
        assert "mount or restore" in refused.stderr
        refused = project.kept(*words)
        assert "V007" in refused.stderr, "the second time it took the empty one"
    finally:
        shutil.rmtree(keys, ignore_errors=True)
        away.rename(keys)
    assert project.kept("vault", "verify").returncode == 0


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

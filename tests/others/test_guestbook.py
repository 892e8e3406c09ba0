"""A tiny package of somebody else adds a keeper by its entry point alone."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests import served

HERE = Path(__file__).parent
PAGE = (HERE.parents[1] / "docs" / "tutorial" / "a-keeper-of-your-own.md").read_text("utf-8")
CLAUSE = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[0]
ROOM = "from kept_guestbook import promises; promises.MOST = 0"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site with the package installed beside it, its clause in the policy, its page served."""
    into = tmp_path_factory.mktemp("packages")
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation"]
    source = into / "source"
    _copy(HERE / "guestbook", source)
    subprocess.run([*command, "--target", into / "site", source], check=True)
    made = served.make(tmp_path_factory.mktemp("site") / "book")
    made.environment["PYTHONPATH"] = str(into / "site")
    policy = made.folder / "policy.toml"
    policy.write_text(policy.read_text("utf-8") + "\n" + CLAUSE, "utf-8")
    urls = made.folder / "book" / "urls.py"
    text = urls.read_text("utf-8")
    page = 'urlpatterns = [\n    path("guestbook/", include("kept_guestbook.urls")),'
    urls.write_text(text.replace("urlpatterns = [", page), "utf-8")
    running = served.serve(made)
    yield made
    running.stop()
    made.remove_databases()


def _copy(source, into):
    for path in source.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            target = into / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())


def _manage(made, *words):
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=made.folder, env=made.environment, capture_output=True, text=True, check=True,
    )  # fmt: skip


def _promise(made):
    told = json.loads(made.kept("promises", "--json").stdout)["promises"]
    return next(one for one in told if one["id"] == "collect.guestbook")


def test_the_clause_of_the_page_is_a_policy():
    assert tomllib.loads(CLAUSE)["collect"]["guestbook"]["for"] == ["guestbook"]


def test_the_keeper_is_among_those_that_keep_the_promise(site):
    assert "guestbook" in _promise(site)["keeper"]


def test_its_check_runs_with_all_others(site):
    told = json.loads(site.kept("verify", "--promise", "collect.guestbook", "--json").stdout)
    assert told["promises"][0]["figures"]["entries"] == 0


def test_its_check_can_fail(site):
    verify = "from kept import promises as p; found = p.verify(['collect.guestbook']).findings"
    code = f"{ROOM}\n{verify}\nprint(found[0].state)"
    assert _manage(site, "shell", "-v0", "-c", code).stdout.strip().endswith("broken")

"""Every page with commands works as it is written: typed in a folder, with nothing but the page."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import postgres
from tests.docs.consoles import steps
from tests.docs.reader import Reader, environment

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(
    str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md") if "```console\n" in page.read_text()
)
FROM_NOTHING = ("kept new", "django-admin startproject", "kept policy check")
"""What a page begins with that needs no site; any other is read beside a site with people in it."""
LIFE = """
import re
from django.test import Client
from kept import promises

promises.adopt()
client = Client(headers={"host": "localhost"})
for name in ("Zoe", "Ada"):
    page = client.get("/ask/").content.decode()
    typed = {"name": name, "email": f"{name.lower()}@example.org", "message": "hello"}
    typed["kept-form"] = re.search(r'name="kept-form" value="([^"]+)"', page)[1]
    answer = client.post("/ask/", typed | {"consent-answer-inquiry": "on"})
    assert answer.status_code == 302, answer.content.decode()
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site in which two people asked something."""
    folder = tmp_path_factory.mktemp("made") / "shop"
    for words in (
        [sys.executable, "-m", "kept.cli", "new", str(folder), "--policy", "usimprints"],
        [sys.executable, folder / "manage.py", "migrate", "-v0"],
        [sys.executable, folder / "manage.py", "shell", "-v0", "-c", LIFE],
    ):
        done = subprocess.run(
            words, env=environment(), capture_output=True, text=True, check=False
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def server() -> postgres.Cluster:
    """A PostgreSQL server for the page that moves to one; it dies with this process."""
    return postgres.start("docs")


@pytest.mark.parametrize("page", PAGES)
def test_every_step_of_the_page_does_what_it_says(page, tmp_path, request):
    replaced = {}
    if "postgresql://" in (DOCS / page).read_text("utf-8"):
        replaced["postgresql://shop@db.internal/shop"] = request.getfixturevalue("server").create(
            "shop"
        )
    folder = tmp_path
    if not steps(DOCS / page)[0].command.startswith(FROM_NOTHING):
        folder = tmp_path / "shop"
        shutil.copytree(request.getfixturevalue("shop"), folder)
    Reader(folder, replaced).read(DOCS / page)

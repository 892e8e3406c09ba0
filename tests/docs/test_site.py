"""The documentation builds, and every link and anchor in it leads somewhere."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_documentation_builds_with_every_link_and_anchor_checked(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", tmp_path],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "index.html").is_file()


def test_every_page_for_readers_stands_on_the_first_page():
    first = (ROOT / "docs" / "index.md").read_text("utf-8")
    missing = [
        str(page.relative_to(ROOT / "docs"))
        for kind in ("tutorial", "how-to", "explanation", "reference")
        for page in (ROOT / "docs" / kind).glob("*.md")
        if f"({kind}/{page.name})" not in first
    ]
    assert missing == []

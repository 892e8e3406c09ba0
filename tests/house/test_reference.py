"""What the code registers is documented: commands, settings, environment, error codes."""

import os
import re
import subprocess
import sys

from tests.house.tree import ROOT


def test_the_reference_pages_are_what_the_code_says() -> None:
    """In a process of its own, where no test has registered anything."""
    done = subprocess.run(
        [sys.executable, "tools/reference.py", "--check"],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_every_error_code_says_what_it_means_and_what_to_do() -> None:
    page = (ROOT / "docs" / "reference" / "codes.md").read_text("utf-8")
    rows = re.findall(r"^\| `([A-Z]\d{3})` \| (.*) \| (.*) \|$", page, re.MULTILINE)
    assert {"K001", "X001"} <= {id for id, _, _ in rows}
    assert [id for id, meaning, do in rows if not (meaning and do)] == []

"""The tutorial works as it is written, from an empty folder."""

import os
import subprocess
import sys
from pathlib import Path

from tests import served
from tests.docs.consoles import steps

DOCS = Path(__file__).parents[2] / "docs"


def test_every_command_of_the_tutorial_does_what_the_page_says(tmp_path):
    folder, site = tmp_path, None
    environment = _environment()
    try:
        for step in steps(DOCS / "tutorial" / "a-site-in-ten-minutes.md"):
            if step.command.startswith("cd "):
                folder = folder / step.command[3:]
                continue
            if step.command == "kept serve":
                site = served.serve(served.Made(folder, environment))
                continue
            done = subprocess.run(
                step.command, shell=True, cwd=folder, env=environment,
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            told = " ".join((done.stdout + done.stderr).split())
            assert done.returncode == step.exits, f"{step.command}\n{done.stdout}{done.stderr}"
            for words in step.prints:
                assert words in told, f"{step.command} did not say `{words}`:\n{told}"
    finally:
        if site is not None:
            site.stop()


def _environment() -> dict[str, str]:
    """As a person has it: nothing of the test run, the commands of this installation first."""
    own = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("KEPT_", "DJANGO_", "PYTEST_"))
    }
    return own | {"PATH": f"{Path(sys.executable).parent}:{own['PATH']}"}

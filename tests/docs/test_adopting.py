"""The guide to adopting a site works as it is written, from an empty folder."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests import served
from tests.docs.consoles import Step, steps_of

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "adopt-an-existing-site.md"
_BLOCK = re.compile(r"```(console|python|html|toml)\n(.*?)```", re.DOTALL)
_FILE = re.compile(r"(?:# |<!-- )([\w/.]+)(, at the end)?(?: -->)?\n")


class Reader:
    """Somebody who does what the page says, block by block."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.site = folder, None
        own = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("KEPT_", "DJANGO_", "PYTEST_"))
        }
        self.environment = own | {"PATH": f"{Path(sys.executable).parent}:{own['PATH']}"}

    def write(self, text: str) -> None:
        """A block that begins with a file's name is that file, or comes at its end."""
        named = _FILE.match(text)
        if named is None:
            return
        path = self.folder / named[1]
        path.parent.mkdir(parents=True, exist_ok=True)
        body = text[named.end() :]
        path.write_text((path.read_text() if named[2] else "") + body)

    def type(self, step: Step) -> None:
        """A command, and what it has to print."""
        if step.command == "kept serve":
            self.site = served.serve(served.Made(self.folder, self.environment))
            return
        if "# with the site stopped" in step.command:
            self.stop()
        done = subprocess.run(
            step.command, shell=True, cwd=self.folder, env=self.environment,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        told = " ".join((done.stdout + done.stderr).split())
        assert done.returncode == step.exits, f"{step.command}\n{done.stdout}{done.stderr}"
        for words in step.prints:
            assert words in told, f"{step.command} did not say `{words}`:\n{told}"

    def stop(self) -> None:
        """End the site, where it is running."""
        if self.site is not None:
            self.site.stop()
        self.site = None


def test_every_step_of_the_guide_does_what_the_page_says(tmp_path):
    reader = Reader(tmp_path)
    try:
        for kind, text in _BLOCK.findall(PAGE.read_text("utf-8")):
            if kind == "console":
                for step in steps_of(text):
                    reader.type(step)
            else:
                reader.write(text)
    finally:
        reader.stop()
    assert b"zoe7@x.example" not in (tmp_path / "db.sqlite3").read_bytes()

"""Somebody who does what a page of the documentation says, block by block, in a folder.

Rules: `console` blocks are typed, and each command must end and print as the page says; a block
that begins with a file's name (`# shop/models.py`) is that file, or comes at its end; anything else
is read and not done. What a page names as another's place (a server's address) may be replaced.
"""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests import served
from tests.docs.consoles import Step, steps_of

_BLOCK = re.compile(r"^```(console|python|html|toml)\n(.*?)^```", re.DOTALL | re.MULTILINE)
_FILE = re.compile(r"(?:# |<!-- )([\w/]+\.\w+)(, at the end)?(?: -->)?\n")


def environment() -> dict[str, str]:
    """As a person has it: nothing of the test run, the commands of this installation first."""
    own = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("KEPT_", "DJANGO_", "PYTEST_"))
    }
    return own | {"PATH": f"{Path(sys.executable).parent}:{own['PATH']}"}


class Reader:
    """Where they are, what they exported, and the site that they serve."""

    def __init__(self, folder: Path, replaced: Mapping[str, str] = {}) -> None:
        self.folder, self.replaced = folder, replaced
        self.environment = environment()
        self.site: served.Served | None = None

    def read(self, page: Path) -> None:
        """Do everything on `page`, in order; the site, where one was served, is stopped at last."""
        text = page.read_text("utf-8")
        for here, there in self.replaced.items():
            text = text.replace(here, there)
        try:
            for kind, block in _BLOCK.findall(text):
                if kind == "console":
                    for step in steps_of(block):
                        self.type(step)
                else:
                    self.write(block)
        finally:
            self.stop()

    def write(self, text: str) -> None:
        """Write or lengthen the file that a block names."""
        named = _FILE.match(text)
        if named is None:
            return
        path = self.folder / named[1]
        path.parent.mkdir(parents=True, exist_ok=True)
        body = text[named.end() :]
        path.write_text((path.read_text() if named[2] else "") + body)

    def type(self, step: Step) -> None:
        """Type a command; it must end and print as the page says."""
        word, _, rest = step.command.partition(" ")
        if word == "cd":
            self.folder /= rest
        elif word == "export":
            self.environment |= dict([rest.split("=", 1)])
        elif step.command == "kept serve":
            self.site = served.serve(served.Made(self.folder, self.environment))
        else:
            if "# with the site stopped" in step.command:
                self.stop()
            self._run(step)

    def stop(self) -> None:
        """End the site, where it is running."""
        if self.site is not None:
            self.site.stop()
        self.site = None

    def _run(self, step: Step) -> None:
        done = subprocess.run(
            step.command, shell=True, cwd=self.folder, env=self.environment,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        told = " ".join((done.stdout + done.stderr).split())
        assert done.returncode == step.exits, f"{step.command}\n{done.stdout}{done.stderr}"
        for words in step.prints:
            assert words in told, f"{step.command} did not say `{words}`:\n{told}"

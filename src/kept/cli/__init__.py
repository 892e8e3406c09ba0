"""The command `kept`: one file of this folder per command, and only the asked one is imported.

Rules: a command is a file with an attribute `command`; its name is the file's, its help the first
line of the file's docstring (what follows "`kept name`: "). Every `KeptError` becomes one readable
line on stderr (an object, with `--json` among the words) and exit code 2; nothing else is caught.
"""

import ast
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

import click

from kept._kit.errors import KeptError

__all__ = ["main"]

_FOLDER = Path(__file__).parent


class CommandFiles(click.Group):
    """A click group whose commands are the files of this folder."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, by name."""
        found = (path.stem for path in _FOLDER.glob("*.py") if not path.stem.startswith("_"))
        return sorted(stem.replace("_", "-") for stem in found)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command `cmd_name`, imported now; None when there is no such file."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = import_module(f"kept.cli.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list for `kept --help`, read from docstrings without importing anything."""
        names = self.list_commands(ctx)
        with formatter.section("Commands"):
            formatter.write_dl([(name, _says(name)) for name in names])

    def main(self, args: Sequence[str] | None = None, *rest: Any, **named: Any) -> Any:
        """Run the words of `args` (or of the process); `KeptError` ends in exit code 2."""
        words = list(sys.argv[1:] if args is None else args)
        named.setdefault("prog_name", "kept")
        try:
            return super().main(words, *rest, **named)
        except KeptError as error:
            _refuse(error, as_json="--json" in words)


def _says(name: str) -> str:
    text = (_FOLDER / f"{name.replace('-', '_')}.py").read_text(encoding="utf-8")
    doc = ast.get_docstring(ast.parse(text)) or ""
    first = doc.partition("\n")[0]
    return first.partition("`: ")[2] or first


def _refuse(error: KeptError, *, as_json: bool) -> NoReturn:
    if as_json:
        import json

        told = {"code": error.code.id, "message": error.message}
        click.echo(json.dumps({"error": {**told, "place": error.place, "do": error.do}}), err=True)
    else:
        click.echo(
            f"{click.style(error.code.id, fg='red')}{str(error)[len(error.code.id) :]}", err=True
        )
    sys.exit(2)


@click.command(
    cls=CommandFiles,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(version("kept"), prog_name="kept")
def main() -> None:
    """Kept: a privacy policy that runs."""

"""`kept`: lazy, clear, and with one way to fail."""

import json
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from kept import cli
from kept._kit.errors import KeptError, code

_FAULT = code("X900", "Only for testing", do="nothing")


@click.command()
@click.option("--json", "as_json", is_flag=True)
def failing(as_json: bool) -> None:
    raise KeptError(_FAULT, "the word `x` is wrong", place="file.toml:3")


@pytest.fixture
def with_failing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli.CommandFiles, "get_command", lambda *_: failing)


def test_help_lists_every_command_file_with_the_first_line_of_its_docstring() -> None:
    result = CliRunner().invoke(cli.main, ["--help"])
    assert result.exit_code == 0
    assert "new" in result.output
    assert "serve" in result.output
    assert "write a Django project" in result.output


def test_version_is_the_package_s() -> None:
    assert CliRunner().invoke(cli.main, ["--version"]).output == "kept, version 0.1.0\n"


def test_help_imports_neither_django_nor_a_command() -> None:
    probe = (
        "import sys\nfrom kept.cli import main\n"
        "main(['--help'], standalone_mode=False)\n"
        "heavy = {'django', 'rich', 'kept.cli.new', 'kept.cli.serve'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_an_unknown_command_is_named_and_exits_2() -> None:
    result = CliRunner().invoke(cli.main, ["swerve"])
    assert result.exit_code == 2
    assert "swerve" in result.output


@pytest.mark.usefixtures("with_failing")
def test_an_error_of_ours_is_one_line_and_exits_2() -> None:
    result = CliRunner().invoke(cli.main, ["failing"])
    assert result.exit_code == 2
    assert result.stderr == "X900 the word `x` is wrong (file.toml:3); nothing\n"


@pytest.mark.usefixtures("with_failing")
def test_an_error_of_ours_is_an_object_with_json() -> None:
    result = CliRunner().invoke(cli.main, ["failing", "--json"])
    assert result.exit_code == 2
    assert json.loads(result.stderr)["error"] == {
        "code": "X900",
        "message": "the word `x` is wrong",
        "place": "file.toml:3",
        "do": "nothing",
    }

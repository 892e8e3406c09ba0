"""The examples of the guide are true: its parts make a policy, its messages are what is said."""

import re
from pathlib import Path

from click.testing import CliRunner

from kept.cli.policy import command
from kept.policy import loads

GUIDE = (Path(__file__).parents[2] / "docs" / "how-to" / "write-a-policy.md").read_text("utf-8")


def blocks(kind):
    return re.findall(rf"^```{kind}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


def whole():
    return "\n".join(blocks("toml"))


def test_the_parts_make_a_policy_without_problems():
    assert loads(whole(), "policy.toml").problems == ()


def test_the_commands_work_and_write_what_is_shown(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("policy.toml", "old.toml", "new.toml"):
        Path(name).write_text(whole(), "utf-8")
    lines = [line for block in blocks("console") for line in block.splitlines()]
    commands = [line.removeprefix("$ kept policy ").split() for line in lines if line[0] == "$"]
    assert len(commands) == 4
    for words in commands:
        assert CliRunner().invoke(command, words).exit_code == 0
    assert CliRunner().invoke(command, commands[0]).stdout == f"{lines[1]}\n"


def test_the_message_shown_is_the_message_given():
    [shown] = blocks("text")
    wrong = whole().replace('for = ["answer-inquiry"]\nkeep', 'for = ["answer-inquiries"]\nkeep')
    line = wrong.splitlines().index('for = ["answer-inquiries"]') + 1
    said = str(loads(wrong, "policy.toml").problems[0])
    assert said == re.sub(r":\d+\)", f":{line})", shown.strip())


def test_the_line_shown_is_the_line_of_the_word():
    [shown] = blocks("text")
    line = int(re.search(r":(\d+)\)", shown)[1])
    assert 'for = ["answer-inquiry"]' in whole().splitlines()[line - 1]

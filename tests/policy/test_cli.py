"""`kept policy …`: what it writes, where, and with which exit code."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from kept.cli.policy import command

ROOT = Path(__file__).parents[2]
USIMPRINTS = str(ROOT / "policies" / "usimprints.toml")
SERVICE = str(ROOT / "policies" / "us-service-center.toml")
BAD = ROOT / "tests" / "vectors" / "policy" / "bad"


def run(*words):
    return CliRunner().invoke(command, [str(word) for word in words])


def test_check_says_that_nothing_is_wrong():
    done = run("check", USIMPRINTS, SERVICE)
    assert done.exit_code == 0
    assert done.stdout.count("nothing to mend") == 2
    assert done.stderr == ""


def test_check_tells_errors_on_stderr_and_fails():
    done = run("check", BAD / "unknown-purpose.toml")
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr == (
        "E014 unknown purpose `anser` (unknown-purpose.toml:23); did you mean `answer`?\n"
    )


def test_lints_fail_only_when_asked():
    assert run("check", BAD / "unused-purpose.toml").exit_code == 0
    assert "W101" in run("check", BAD / "unused-purpose.toml").stderr
    assert run("check", "--strict", BAD / "unused-purpose.toml").exit_code == 1


def test_check_as_json_holds_code_file_line_word_and_suggestion():
    done = run("check", "--json", BAD / "unknown-purpose.toml")
    assert done.exit_code == 1
    assert json.loads(done.stdout) == [
        {
            "code": "E014",
            "severity": "error",
            "message": "unknown purpose `anser`",
            "file": "unknown-purpose.toml",
            "line": 23,
            "word": "anser",
            "suggestion": "answer",
        }
    ]


def test_brackets_in_a_message_are_not_markup(tmp_path):
    file = tmp_path / "p.toml"
    file.write_text("[red]\n[policy]\n[purposes.x]\nsays = 3\n")
    assert "in `[purposes.x]`" in run("check", file).stderr


@pytest.mark.parametrize("words", [("show",), ("export", "--dpv"), ("compare", USIMPRINTS)])
def test_a_file_that_cannot_be_used_ends_with_2(words):
    done = run(*words, BAD / "unknown-purpose.toml")
    assert done.exit_code == 2
    assert "E014" in done.stderr
    assert done.stdout == ""


def test_a_missing_file_is_an_error_with_a_code():
    done = run("check", "nowhere.toml")
    assert done.exit_code == 1
    assert "E001" in done.stderr


def test_show_writes_markdown_html_and_json():
    assert run("show", USIMPRINTS).stdout.startswith("# Privacy policy of USimprints\n")
    assert "<article" in run("show", "--html", USIMPRINTS).stdout
    made = json.loads(run("show", "--json", USIMPRINTS).stdout)
    assert made["sections"][0]["sentences"][0]["id"] == "collect"


def test_show_writes_the_notice_of_one_point():
    assert "2 years" in run("show", "--notice", "inquiry", USIMPRINTS).stdout
    assert json.loads(run("show", "--notice", "inquiry", "--json", USIMPRINTS).stdout)["what"]
    done = run("show", "--notice", "inquiri", USIMPRINTS)
    assert done.exit_code == 2
    assert "`inquiry`" in done.stderr


def test_compare_tells_what_widens(tmp_path):
    new = tmp_path / "new.toml"
    text = Path(USIMPRINTS).read_text("utf-8").replace('within = "10 days"', 'within = "20 days"')
    new.write_text(text)
    done = run("compare", USIMPRINTS, new)
    assert done.exit_code == 0
    assert "widen" in done.stdout
    assert run("compare", "--fail-on-widen", USIMPRINTS, new).exit_code == 1
    assert run("compare", "--fail-on-widen", new, USIMPRINTS).exit_code == 0
    changes = json.loads(run("compare", "--json", USIMPRINTS, new).stdout)
    assert {one["clause"] for one in changes} == {"rights.cease", "rights.withdraw"}
    assert run("compare", new, new).stdout == "nothing changes\n"


def test_export_writes_each_form():
    assert "@graph" in json.loads(run("export", "--dpv", USIMPRINTS).stdout)
    assert "system" in json.loads(run("export", "--fides", USIMPRINTS).stdout)
    assert "purposes" in json.loads(run("export", "--json", USIMPRINTS).stdout)
    assert "$defs" in json.loads(run("export", "--schema").stdout)
    assert run("export", USIMPRINTS).exit_code == 2


def test_categories_and_codes_can_be_looked_up():
    assert "contact.email" in run("categories").stdout
    rows = json.loads(run("categories", "--json").stdout)
    assert {"key", "dpv", "fides", "kind"} <= set(rows[0])
    assert "did you mean" not in run("explain", "e014").stdout
    assert "Unknown purpose" in run("explain", "e014").stdout
    assert run("explain", "E999").exit_code == 2


def test_neither_the_language_nor_its_command_imports_django():
    code = (
        "import sys\n"
        "from kept.cli.policy import command\n"
        f"command(['check', {USIMPRINTS!r}], standalone_mode=False)\n"
    )
    show = "finally:\n    print(sorted(m for m in sys.modules if m.partition('.')[0] == 'django'))"
    body = "try:\n" + "".join(f"    {line}\n" for line in code.splitlines()) + show
    done = subprocess.run(
        [sys.executable, "-c", "import sys\n" + body],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT / "src")},
    )
    assert done.stdout.endswith("[]\n"), done.stdout + done.stderr

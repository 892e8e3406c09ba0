"""The documents say what the code does."""

import re
import subprocess
import sys
from pathlib import Path

from kept._kit.errors import Code
from kept.ledger import errors, events
from kept.ledger.log import errors as log_errors

ROOT = Path(__file__).parents[2]
RECORDED = ROOT / "docs" / "explanation" / "what-is-recorded.md"
AUDITOR = ROOT / "docs" / "how-to" / "follow-the-log-as-an-auditor.md"


def test_the_table_of_event_kinds_is_fresh():
    done = subprocess.run([sys.executable, "tools/recorded.py", "--check"], cwd=ROOT, check=False)
    assert done.returncode == 0, "run `make docs`"


def test_every_kind_is_in_the_table_with_all_its_fields():
    text = RECORDED.read_text(encoding="utf-8")
    for name, kind in events.KINDS.items():
        (line,) = [one for one in text.splitlines() if one.startswith(f"| `{name}` |")]
        for field in kind.__struct_fields__:
            assert f"`{field}` (" in line


def test_no_field_of_any_kind_takes_free_text():
    """Each text field has a pattern or is one of few words."""
    import msgspec

    for kind in events.KINDS.values():
        schema = msgspec.json.schema(kind)
        for definition in schema["$defs"].values():
            for name, field in definition["properties"].items():
                for form in [field, *field.get("anyOf", []), field.get("items", {})]:
                    if form.get("type") == "string":
                        assert {"pattern", "format", "enum"} & set(form), (kind, name)


def test_the_codes_that_the_auditor_reads_exist():
    known = {
        code.id
        for module in (errors, log_errors)
        for code in vars(module).values()
        if isinstance(code, Code)
    }
    for id in re.findall(r"\bL\d{3}\b", AUDITOR.read_text(encoding="utf-8")):
        assert id in known

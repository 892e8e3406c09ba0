"""Write the table of event kinds into docs/explanation/what-is-recorded.md, from the code.

`--check`: say whether it is out of date. Also run by a test.
"""

import sys
from pathlib import Path
from typing import Any, get_args, get_origin
from uuid import UUID

from kept.ledger import events

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "what-is-recorded.md"
_START = "<!-- event kinds: written by `make docs` from the code -->\n"
_END = "<!-- end of event kinds -->\n"
_NAMES = {
    events.Word: "a declared name",
    events.Words: "declared names",
    events.Digest: "a digest",
    events.Count: "a count",
    events.Ordinal: "a policy version",
}


def page() -> str:
    """The page as it should be."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(_START)
    _, _, after = rest.partition(_END)
    return f"{before}{_START}\n{_table()}\n{_END}{after}"


def _table() -> str:
    lines = ["| kind | what it records | fields |", "|---|---|---|"]
    for name, kind in sorted(events.KINDS.items()):
        says = " ".join((kind.__doc__ or "").split())
        fields = ", ".join(
            f"`{field}` ({_form(form)})" for field, form in kind.__annotations__.items()
        )
        lines.append(f"| `{name}` | {says} | {fields} |")
    return "\n".join(lines) + "\n"


def _form(form: Any) -> str:
    if form in _NAMES:
        return _NAMES[form]
    parts = [one for one in get_args(form) if one is not type(None)]
    if get_origin(form) is not None and all(isinstance(one, str) for one in parts):
        return " or ".join(parts)
    if len(parts) == 1:
        return f"{_form(parts[0])}, or nothing"
    return {UUID: "a row's random id", bool: "yes or no"}[form]


def main(words: list[str]) -> int:
    """0 where the page is fresh; 1 where `--check` finds it stale."""
    fresh = page()
    if "--check" in words:
        return int(PAGE.read_text(encoding="utf-8") != fresh)
    PAGE.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

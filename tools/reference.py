"""Write the pages of docs/reference from the code. `--check`: say what is out of date.

Nothing can be missing from these pages: they list what the code registers, and a test compares
them with what this file would write.
"""

import ast
import importlib
import os
import pkgutil
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"
_WRITTEN = "<!-- Written by `make docs` from the code; do not edit. -->\n"

ENVIRONMENT = {
    "ALLOWED_HOSTS": "Host names that the site answers to, with commas between.",
    "CSRF_TRUSTED_ORIGINS": "Origins beside the site's own whose forms are accepted, with commas.",
    "DATABASE_URL": "`postgresql://user:password@host:port/name`; wins over `secret/database.url`.",
    "DEFAULT_FROM_EMAIL": "Sender of the site's mails.",
    "EMAIL_HOST": "Mail server. Without one, mails go to sealed files that `/mailbox/` shows.",
    "EMAIL_HOST_PASSWORD": "Password at the mail server.",
    "EMAIL_HOST_USER": "User at the mail server.",
    "EMAIL_PORT": "Port of the mail server.",
    "EMAIL_USE_SSL": "`1`: TLS from the first byte.",
    "EMAIL_USE_TLS": "`1`: STARTTLS.",
    "KEPT_DATA": "Folder of the data root.",
    "KEPT_HTTPS_PROXY": "`1`: a proxy of yours ends TLS and sets `X-Forwarded-Proto`.",
    "KEPT_BACKUPS": "Folder of the data's backups.",
    "KEPT_KEY_BACKUPS": "Folder of the key store's backups, apart from the data and its backups.",
    "KEPT_KEYS": "The key store: a folder, or a `postgresql://` address of another cluster.",
    "KEPT_MAIL_AUTHSERV": "Name of the receiving server in its `Authentication-Results` headers.",
    "KEPT_MAIL_IN": "Where mail comes in: `lmtp://…`, `smtp://…`; empty: nowhere.",
    "KEPT_PRODUCTION": "`1`: what needs HTTPS is on; shared or readable roots stop the start.",
    "KEPT_SECRET": "Folder of the secret root.",
}


_POLICY = {"E": "`kept.policy`, errors", "W": "`kept.policy`, lints"}


def pages() -> dict[str, str]:
    """Every reference page: file name -> content."""
    import policy_reference
    import promise_reference

    ours = {"cli.md": _cli(), "settings.md": _settings(), "codes.md": _codes()}
    return {**ours, **policy_reference.pages(), **promise_reference.pages()}


def _cli() -> str:
    import click

    from kept.cli import main

    def describe(command: click.Command, words: str, above: click.Context | None) -> Iterator[str]:
        context = click.Context(command, info_name=words.rpartition(" ")[2], parent=above)
        context.max_content_width = context.terminal_width = 90
        yield f"## `{words}`\n\n```text\n{command.get_help(context).rstrip()}\n```\n"
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                inner = command.get_command(context, name)
                if inner is None:
                    raise LookupError(f"`{words} {name}` is listed and cannot be found")
                yield from describe(inner, f"{words} {name}", context)

    intro = (
        "# The command `kept`\n\n"
        "An error of Kept is one line with a [code](codes.md) on standard error, and exit code 2;\n"
        "with `--json` it is an object. Each command has `--help`.\n\n"
    )
    return _WRITTEN + intro + "\n".join(describe(main, "kept", None))


def _settings() -> str:
    from kept.conf import settings as module_or_function  # noqa: F401 - loads the room

    source = (ROOT / "src/kept/conf/settings.py").read_text("utf-8")
    tree = ast.parse(source)
    shape = next(
        node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Settings"
    )
    defaults = importlib.import_module("kept.conf.settings")._DEFAULTS
    lines = [
        "# Settings",
        "",
        "## `KEPT`",
        "",
        "A host's third line: a dict in Django's settings. Unknown words are errors.",
        "",
        "| word | default | meaning |",
        "|---|---|---|",
    ]
    for field, doc in zip(shape.body, shape.body[1:], strict=False):
        if not (isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)):
            continue
        if not (isinstance(doc, ast.Expr) and isinstance(doc.value, ast.Constant)):
            raise TypeError(f"`{field.target.id}` has no docstring")
        word = field.target.id.upper()
        value = f"`{defaults[word]!r}`" if word in defaults else "required"
        lines.append(f"| `{word}` | {value} | {_cell(str(doc.value.value))} |")
    lines += [
        "",
        "`None` means a place beside `DATA` (`LEDGER`: inside it), and for `PRODUCTION` the",
        "opposite of Django's `DEBUG`.",
        "",
        "## Environment",
        "",
        "What the settings of a project made by `kept new` read.",
        "",
        "| variable | default | meaning |",
        "|---|---|---|",
    ]
    read = dict(_environment())
    if set(read) != set(ENVIRONMENT):
        raise LookupError(f"undocumented or unused: {sorted(set(read) ^ set(ENVIRONMENT))}")
    lines += [f"| `{name}` | {read[name]} | {ENVIRONMENT[name]} |" for name in sorted(read)]
    return _WRITTEN + "\n".join(lines) + "\n"


def _environment() -> Iterator[tuple[str, str]]:
    """Name and default of each variable that the settings read."""
    files = ("src/kept/site/settings.py", "src/kept/cli/_files/settings.py.txt")
    for file in files:
        for node in ast.walk(ast.parse((ROOT / file).read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "os.environ.get":
                name, *default = node.args
                if not isinstance(name, ast.Constant):
                    raise TypeError(f"{file}: a variable's name is computed")
                plain = bool(default) and isinstance(default[0], ast.Constant) and default[0].value
                yield str(name.value), f"`{plain}`" if plain else ""


def _codes() -> str:
    from kept._kit import errors

    for name in _modules():
        importlib.import_module(name)
    lines = ["# Error codes", "", "Each error names its code, the place and the offending word."]
    letter = ""
    for code in errors.registered():
        if code.id[0] != letter:
            letter = code.id[0]
            lines += ["", f"## {letter}: {_room(letter)}", ""]
            lines += ["| code | meaning | what to do |", "|---|---|---|"]
        lines.append(f"| `{code.id}` | {_cell(code.title)} | {_cell(code.do)} |")
    return _WRITTEN + "\n".join(lines) + "\n"


def _room(letter: str) -> str:
    """The room whose modules hold most codes of this letter."""
    from kept._kit.errors import Code

    if letter in _POLICY:  # its codes are data, not names in a module
        return _POLICY[letter]
    holders = Counter(
        ".".join(name.split(".")[: 3 if ".keepers." in name else 2])
        for name, module in sys.modules.items()
        if name.startswith("kept.")
        for value in vars(module).values()
        if isinstance(value, Code) and value.id.startswith(letter)
    )
    return f"`{holders.most_common(1)[0][0]}`"


def _modules() -> Iterator[str]:
    import kept

    for module in pkgutil.walk_packages(kept.__path__, "kept."):
        if not re.search(r"\.migrations(\.|$)|\.__main__$", module.name):
            yield module.name


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")


def main(words: list[str]) -> int:
    """Write the pages, or with `--check` return 1 when one is out of date."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    stale = 0
    for name, text in pages().items():
        path = REFERENCE / name
        if path.exists() and path.read_text("utf-8") == text:
            continue
        if "--check" in words:
            sys.stderr.write(f"{path.relative_to(ROOT)} is out of date: make docs\n")
            stale = 1
        else:
            path.write_text(text, "utf-8")
    return stale


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main(sys.argv[1:]))

"""What each file must be: described, short, and without words that belong elsewhere."""

import ast
import re
from pathlib import Path

import pytest

from tests.house import tree

LONG = 400
REASONS_TO_BE_LONGER: dict[str, str] = {
    "tests/gate/test_sealed.py": "every way out of a sealed value, in one list that can be read",
}
"""Path -> why this file is better whole."""

SOLE_IMPORTERS = {
    "cryptography": {"src/kept/_kit/crypto.py", "src/kept/ledger/signing.py"},
    "playwright": {"src/kept/audit/browser.py"},
    "granian": {"src/kept/cli/_child.py"},
}

# Spelled in pieces, so that this file does not hold what it forbids.
_REGISTRIES = ("py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "proxy.go" + "lang")
_MACHINES = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|opt/py" + r"pi|Users/\w+)/")


@pytest.mark.parametrize("path", tree.modules(), ids=tree.name)
def test_a_module_says_its_job(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not text.strip() or ast.get_docstring(tree.tree(path)), "no module docstring"


def test_files_are_short_or_say_why() -> None:
    long = {
        tree.name(path)
        for folder in ("src", "tests", "benchmarks", "tools")
        for path in (tree.ROOT / folder).rglob("*.py")
        if len(path.read_text("utf-8").splitlines()) > LONG
    }
    assert long == set(REASONS_TO_BE_LONGER)


@pytest.mark.parametrize("package", SOLE_IMPORTERS)
def test_a_risky_library_is_imported_where_it_is_wrapped_only(package: str) -> None:
    importers = {tree.name(path) for path in tree.modules() if package in tree.imported(path)}
    assert importers <= SOLE_IMPORTERS[package]


def test_no_file_names_a_registry_or_a_machine() -> None:
    found = [
        f"{path}: {word}"
        for path, text in tree.tracked()
        for word in (*filter(text.__contains__, _REGISTRIES), *_MACHINES.findall(text))
    ]
    assert found == []


def test_every_requirement_is_pinned_to_one_version() -> None:
    pin = re.compile(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+")
    for path in sorted((tree.ROOT / "requirements").glob("*.txt")):
        lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
        loose = [line for line in lines if not line.startswith("-r ") and not pin.fullmatch(line)]
        assert lines
        assert loose == [], path.name


def test_running_a_site_takes_at_most_60_packages() -> None:
    text = (tree.ROOT / "requirements" / "run.txt").read_text("utf-8")
    assert 10 < text.count("==") <= 60
    assert "wagtail" not in text.lower()

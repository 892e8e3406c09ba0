"""The product's own files, as the tests of the house read them."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "kept"


def modules() -> list[Path]:
    """Every module of the product, migrations left out."""
    return sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)


def name(path: Path) -> str:
    """A readable id: the path inside the repository."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    """The module's syntax tree."""
    return ast.parse(path.read_text("utf-8"), str(path))


def imported(path: Path) -> set[str]:
    """The top-level packages that the module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def tracked() -> Iterator[tuple[str, str]]:
    """Every file under version control that is text: its path and its content."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for path in filter(None, listed.stdout.split("\0")):
        file = ROOT / path
        if not file.is_file():  # removed from the working tree, not yet from the index
            continue
        try:
            yield path, file.read_text("utf-8")
        except UnicodeDecodeError:
            continue

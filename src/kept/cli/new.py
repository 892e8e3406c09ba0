"""`kept new`: write a Django project that a policy runs.

Rules: nothing is overwritten (the folder must be empty or absent); the policy must be free of
errors before anything is written; the three roots and every file in them that holds a secret are
readable by their owner only; no secret stands in a file that belongs into version control.
"""

import os
import re
import secrets
import sys
from dataclasses import dataclass
from importlib.machinery import PathFinder
from importlib.util import find_spec
from keyword import iskeyword
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

import click

from kept._kit.errors import KeptError, code

FULL = code("X010", "The folder is not empty", do="name an empty or a new folder")
NO_POLICY = code("X011", "There is no such policy", do="name one that ships, or a file's path")
WRONG_POLICY = code("X012", "The policy has errors", do="see `kept policy check FILE`")
NO_DATABASE = code("X013", "The database address is not understood", do="write postgresql://…")
NO_DRIVER = code(
    "X014", "The PostgreSQL driver is not installed", do="run: pip install 'kept[postgres]'"
)

_PACKAGE = Path(__file__).parent.parent
_FILES = Path(__file__).parent / "_files"
_INTO_PACKAGE = ("__init__.py", "settings.py", "urls.py", "wsgi.py", "asgi.py")
_INTO_FOLDER = ("manage.py", "README.md", ".gitignore")
_ROOTS = ("data", "keys", "secret")


@dataclass(frozen=True, slots=True)
class Made:
    """A project that was written."""

    folder: Path
    package: str
    policy: str


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--policy", required=True, metavar="NAME|PATH", help="A policy that ships, or a file."
)
@click.option("--database", metavar="URL", help="postgresql://… (default: SQLite in data/).")
def command(folder: Path, policy: str, database: str | None) -> None:
    """Write a Django project into FOLDER, run by a policy."""
    made = write(folder, policy, database)
    click.echo(f"Made {made.folder}, run by the policy `{made.policy}`.")
    click.echo(f"Next: cd {folder} && kept serve")


def shipped() -> dict[str, Path]:
    """The policies that come with Kept, by name."""
    installed, checkout = _PACKAGE / "policies", _PACKAGE.parents[1] / "policies"
    folder = installed if installed.is_dir() else checkout
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def write(folder: Path, policy: str, database: str | None = None) -> Made:
    """Write the project. Raises `KeptError` X010 to X014; then nothing was written."""
    folder = folder.resolve()
    source = _readable(policy)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise KeptError(FULL, f"`{folder}` is not empty")
    if database is not None:
        usable(database)
    package = _package(folder.name)
    words = {
        "name": folder.name,
        "package": package,
        "policy": source.stem,
        "origin": _origin(source, folder.name),
    }

    folder.mkdir(parents=True, exist_ok=True)
    for root in _ROOTS:
        (folder / root).mkdir(mode=0o700)
    (folder / package).mkdir()
    for name in _INTO_PACKAGE:
        _put(folder / package / name, words)
    for name in _INTO_FOLDER:
        _put(folder / name, words)
    (folder / "manage.py").chmod(0o755)
    (folder / "policy.toml").write_bytes(source.read_bytes())
    _put_secret(folder / "secret" / "django.key", secrets.token_urlsafe(48))
    if database is not None:
        _put_secret(folder / "secret" / "database.url", database)
    return Made(folder, package, source.stem)


def _readable(policy: str) -> Path:
    """The policy's file, found and without errors."""
    from kept import policy as language

    ships = shipped()
    path = ships.get(policy) or Path(policy)
    if not path.is_file():
        raise KeptError(
            NO_POLICY,
            f"no policy `{policy}`",
            do=f"name one of {', '.join(ships)}, or a file's path",
        )
    loaded = language.load(path)
    errors = [problem for problem in loaded.problems if problem.severity == "error"]
    if errors:
        raise KeptError(
            WRONG_POLICY, f"{len(errors)} errors, the first: {errors[0]}", place=str(path)
        )
    return path


def _origin(source: Path, name: str) -> str:
    """Name of the record in its checkpoints: the site's address without scheme, by custom."""
    from kept import policy as language

    loaded = language.load(source).policy
    url = loaded.meta.url if loaded else None
    host = urlsplit(url).netloc if url else ""
    plain = re.sub(r"[^a-z0-9.-]+", "-", name.lower()).strip("-.") or "site"
    return f"{host or plain}/privacy/record"


def usable(database: str) -> None:
    """Whether it is an address we have a driver for. Raises `KeptError` X013 or X014."""
    if not re.match(r"postgres(ql)?://", database):
        raise KeptError(NO_DATABASE, f"`{database.partition(':')[0]}` is not a kind we know")
    if find_spec("psycopg") is None:
        raise KeptError(NO_DRIVER, "the package `psycopg` is missing")


def _package(name: str) -> str:
    """A module name for the project: its folder's, unless that means something already."""
    plain = re.sub(r"\W+", "_", name.lower(), flags=re.ASCII).strip("_") or "site"
    if not plain.isidentifier() or iskeyword(plain) or _means_something(plain):
        plain = f"site_{plain}"
    return plain


def _means_something(name: str) -> bool:
    """Whether `name` is a module already, of Python or of a package; the working folder aside."""
    here = str(Path.cwd())
    places = [place for place in sys.path if place not in ("", here)]
    return name in sys.stdlib_module_names or PathFinder.find_spec(name, places) is not None


def _put(path: Path, words: dict[str, str]) -> None:
    template = (_FILES / f"{path.name.lstrip('.')}.txt").read_text(encoding="utf-8")
    path.write_text(Template(template).substitute(words), encoding="utf-8")


def _put_secret(path: Path, text: str) -> None:
    """Write `text` where only its owner can ever have read it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text + "\n")

"""Find the Django project around the working folder and start Django in it.

Rules: the project is the nearest folder upward with a `manage.py`; its settings module is the one
that `DJANGO_SETTINGS_MODULE` names, else the one that `manage.py` sets. Importing this file imports
no Django, so that commands may look before they load.
"""

import ast
import os
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from kept._kit.errors import KeptError, code

OUTSIDE = code(
    "X001",
    "No Django project was found",
    do="go to the folder with manage.py, or make one with `kept new`",
)
UNNAMED = code(
    "X002",
    "manage.py names no settings module",
    do="set DJANGO_SETTINGS_MODULE in manage.py or in the environment",
)
ABSENT = code(
    "X003",
    "The settings module does not exist",
    do="correct DJANGO_SETTINGS_MODULE, or install the package it is in",
)
UNFIT = code("X004", "The project's settings are refused", do="correct the settings")

_VARIABLE = "DJANGO_SETTINGS_MODULE"


@dataclass(frozen=True, slots=True)
class Project:
    """A Django project on disk."""

    folder: Path
    settings: str
    """Dotted name of its settings module."""

    @property
    def wsgi(self) -> str:
        """Its WSGI application as `module:name`; the module is the settings' sibling."""
        return self.settings.rpartition(".")[0] + ".wsgi:application"


def find(start: Path | None = None) -> Project:
    """The project around `start` (default: the working folder). Raises `KeptError` X001, X002."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        manage = folder / "manage.py"
        if manage.is_file():
            return Project(folder, os.environ.get(_VARIABLE) or _named_in(manage))
    raise KeptError(OUTSIDE, f"no `manage.py` in {here} or above it")


def setup(start: Path | None = None) -> Project:
    """Find the project and run `django.setup()` in it. Raises `KeptError` X001 to X004."""
    project = find(start)
    enter(project)
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise KeptError(UNFIT, str(error), place=project.settings) from error
    return project


def setup_once() -> None:
    """`setup`, unless this process runs a project already (a test, a management command)."""
    if _VARIABLE in os.environ:
        from django.apps import apps

        if apps.ready:
            return
    setup()


def enter(project: Project) -> None:
    """Make the project importable and its settings the process's. Raises `KeptError` X003."""
    folder = str(project.folder)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    os.environ[_VARIABLE] = project.settings
    try:
        found = find_spec(project.settings)
    except ModuleNotFoundError:
        found = None
    if found is None:
        raise KeptError(ABSENT, f"no module `{project.settings}`", place=folder)


def _named_in(manage: Path) -> str:
    """The literal after "DJANGO_SETTINGS_MODULE" in a call or an assignment of `manage`."""
    tree = ast.parse(manage.read_text(encoding="utf-8"), str(manage))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and len(node.args) > 1:
            key, value = _literal(node.args[0]), _literal(node.args[1])
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            key, value = _literal(node.targets[0].slice), _literal(node.value)
        else:
            continue
        if key == _VARIABLE and value:
            return value
    raise KeptError(UNNAMED, f"`{_VARIABLE}` is not set", place=str(manage))


def _literal(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""

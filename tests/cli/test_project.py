"""Finding the project around the working folder."""

from pathlib import Path

import pytest

from kept._kit.errors import KeptError
from kept.cli import _project

_MANAGE = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n'


@pytest.fixture(autouse=True)
def _no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)


def test_the_nearest_manage_py_upward_is_the_project(tmp_path: Path) -> None:
    (tmp_path / "manage.py").write_text(_MANAGE)
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    project = _project.find(deep)
    assert (project.folder, project.settings) == (tmp_path, "shop.settings")
    assert project.wsgi == "shop.wsgi:application"


def test_an_assigned_variable_is_read_too(tmp_path: Path) -> None:
    (tmp_path / "manage.py").write_text('import os\nos.environ["DJANGO_SETTINGS_MODULE"] = "a.b"\n')
    assert _project.find(tmp_path).settings == "a.b"


def test_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "manage.py").write_text(_MANAGE)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "other.settings")
    assert _project.find(tmp_path).settings == "other.settings"


def test_outside_a_project_the_error_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(KeptError, match=r"X001 .*kept new"):
        _project.find(tmp_path)


def test_a_manage_py_without_settings_is_named(tmp_path: Path) -> None:
    (tmp_path / "manage.py").write_text("print()\n")
    with pytest.raises(KeptError, match=r"X002 .*manage\.py"):
        _project.find(tmp_path)


@pytest.mark.parametrize("name", ["nowhere_at_all.settings", "tests.nowhere"])
def test_a_settings_module_that_is_not_there_is_named(
    tmp_path: Path, name: str, monkeypatch
) -> None:
    monkeypatch.setattr("sys.path", ["."])
    (tmp_path / "manage.py").write_text(_MANAGE.replace("shop.settings", name))
    with pytest.raises(KeptError, match=f"X003 no module `{name}`"):
        _project.enter(_project.find(tmp_path))

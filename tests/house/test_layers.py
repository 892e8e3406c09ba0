"""Arrows point down: imports and foreign keys obey one order of rooms."""

import shutil
import subprocess
import sys
import tomllib
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from tests.house.tree import ROOT


def test_imports_obey_the_layers() -> None:
    linter = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert linter
    done = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("room", ["kept._kit", "kept.policy", "kept.gate", "kept.ledger.log"])
def test_a_pure_room_imports_without_django(room: str) -> None:
    probe = f"""
import importlib, pkgutil, sys
class NoDjango:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "django":
            raise ImportError("django is not for this room")
sys.meta_path.insert(0, NoDjango())
room = importlib.import_module("{room}")
for module in pkgutil.walk_packages(room.__path__, "{room}."):
    importlib.import_module(module.name)
    print(module.name)
"""
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout, "nothing was imported"


def test_the_probe_for_purity_can_fail() -> None:
    probe = "import sys; sys.modules['django'] = None; import kept.conf.settings"
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=False
    )
    assert "ModuleNotFoundError" in done.stderr


def _layers() -> list[set[str]]:
    """The rooms of pyproject.toml's contract, top first."""
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    house = next(contract for contract in tool["contracts"] if contract["id"] == "house")
    return [{room.strip(" ()") for room in layer.split("|")} for layer in house["layers"]]


def _edges() -> set[tuple[str, str]]:
    """(app, app) for each relation between the product's apps, by their dotted names."""
    return {
        (owner.name, target.name)
        for owner in apps.get_app_configs()
        if owner.name.startswith("kept.")
        for model in owner.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField)
        if (target := apps.get_app_config(field.related_model._meta.app_label)).name != owner.name
    }


def test_foreign_keys_obey_the_layers() -> None:
    depth = {room: index for index, layer in enumerate(_layers()) for room in layer}
    ours = {(a, b) for a, b in _edges() if b.startswith("kept.")}
    assert ours, "no relation between rooms was found; the test looks in the wrong place"
    upward = {(a, b) for a, b in ours if depth[a.split(".")[1]] > depth[b.split(".")[1]]}
    assert upward == set()


def test_foreign_keys_make_no_cycle_between_apps() -> None:
    graph = TopologicalSorter[str]()
    for owner, target in _edges():
        graph.add(owner, target)
    graph.prepare()  # raises CycleError


def test_nothing_refers_to_the_user_class_from_below_the_keepers() -> None:
    """A host that brings its own user model keeps it: the rooms below know subjects only."""
    below = ("kept.ledger", "kept.vault", "kept.promises")
    bound = {
        (a, b)
        for a, b in _edges()
        if a in below and b in ("kept.keepers.accounts", "django.contrib.auth")
    }
    assert bound == set()

"""A site with the product's own apps and the shop of the benchmarks, in a world of the tests."""

from tests.settings import *  # noqa: F403 - the tests' world: places, engine, databases
from tests.settings import INSTALLED_APPS as _THEIRS

INSTALLED_APPS = [*(app for app in _THEIRS if not app.startswith("tests.")), "benchmarks"]

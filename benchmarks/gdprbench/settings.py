"""The benchmarks' world with the records of GDPRbench."""

from benchmarks.settings import *  # noqa: F403 - the benchmarks' world
from benchmarks.settings import INSTALLED_APPS as _THEIRS

INSTALLED_APPS = [*_THEIRS, "benchmarks.gdprbench"]

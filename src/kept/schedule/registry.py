"""Which jobs there are: a name, how often, a function without arguments.

Rules: a name is taken once; how often is a length of time, or a function that reads it from the
policy each time it is asked (None: the policy does not want the job now); a job may be cut off
anywhere and is then run again, so its function must go on where it stopped.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import time, timedelta
from typing import TypeAlias

from kept._kit.errors import KeptError
from kept.schedule.errors import NAME, UNKNOWN

Every: TypeAlias = timedelta | Callable[[], timedelta | None]
_NAME = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
LONGEST = 64


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is done again and again."""

    name: str
    every: Every
    function: Callable[[], str | None]
    """Does it; what it came to, in words without anything personal. Raising means failed."""
    at: time | None
    """Time of day (UTC) for what is done once a day or less often."""
    says: str
    """What it does, for the operator."""

    def interval(self) -> timedelta | None:
        """How often, now; None where it is not wanted."""
        return self.every() if callable(self.every) else self.every


_registry: dict[str, Job] = {}


def register(
    name: str,
    every: Every,
    function: Callable[[], str | None],
    *,
    at: time | None = None,
    says: str = "",
) -> None:
    """Have `function` called `every` so often (in `AppConfig.ready()`). Raises `KeptError` K010.

    Without `at` it runs first as soon as the site does; with `at`, first at that time.
    """
    if not _NAME.fullmatch(name) or len(name) > LONGEST:
        raise KeptError(NAME, f"`{name}`")
    if name in _registry:
        raise KeptError(NAME, f"`{name}` is taken")
    _registry[name] = Job(name, every, function, at, says)


def registered() -> tuple[Job, ...]:
    """Every job, by name."""
    return tuple(_registry[name] for name in sorted(_registry))


def named(name: str) -> Job:
    """The job of that name. Raises `KeptError` K011."""
    if name not in _registry:
        raise KeptError(UNKNOWN, f"`{name}`")
    return _registry[name]


@contextmanager
def only_for_testing_instead(*jobs: Job) -> Iterator[None]:
    """Only these jobs while the block runs."""
    before = dict(_registry)
    _registry.clear()
    _registry.update({job.name: job for job in jobs})
    try:
        yield
    finally:
        _registry.clear()
        _registry.update(before)

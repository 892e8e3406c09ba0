"""A progress bar on standard error for long work; nothing where nobody looks on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn


@contextmanager
def bar(says: str, *, hidden: bool = False) -> Iterator[Callable[[int, int], None]]:
    """A bar that is told (done, total); `hidden` for `--json`."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    off = hidden or not console.is_terminal
    with Progress(*columns, TimeElapsedColumn(), console=console, disable=off) as shown:
        task = shown.add_task(says, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)

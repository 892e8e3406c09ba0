"""Which gate is in force in this process. Promises wires it; nothing is in force before that.

Rules: without a provider nothing is decided (an error, not a default); the test form says so in
its name.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from kept.gate.codes import UNWIRED, GateError
from kept.gate.compiled import Gate

_provider: Callable[[], Gate] | None = None


def wire(provider: Callable[[], Gate]) -> None:
    """Name who gives the gate in force. It is asked each time, so it must be quick."""
    global _provider  # noqa: PLW0603 - one gate per process is the point
    _provider = provider


def in_force() -> Gate:
    """The gate in force. Raises `GateError` G004 where none is wired."""
    if _provider is None:
        raise GateError(UNWIRED, "no gate is wired in this process")
    return _provider()


@contextmanager
def only_for_testing_in_force(gate: Gate) -> Iterator[Gate]:
    """Let `gate` be in force in the whole process while the block runs."""
    global _provider  # noqa: PLW0603 - as above
    before, _provider = _provider, lambda: gate
    try:
        yield gate
    finally:
        _provider = before

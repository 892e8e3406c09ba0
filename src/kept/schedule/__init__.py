"""What is done by the clock: backups, key rotation, sweeps; each run on record, none forgotten.

What other rooms use of it: `register` a job in `AppConfig.ready()`, see `states`, `run` one now.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from kept.schedule.registry import Every, Job, register, registered

if TYPE_CHECKING:
    from kept.schedule.running import run, run_due
    from kept.schedule.standing import State, states

_LAZY = {"State": "standing", "run": "running", "run_due": "running", "states": "standing"}

__all__ = ["Every", "Job", "State", "register", "registered", "run", "run_due", "states"]


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"kept.schedule has no `{name}`")
    value = getattr(import_module(f"kept.schedule.{_LAZY[name]}"), name)
    globals()[name] = value
    return value

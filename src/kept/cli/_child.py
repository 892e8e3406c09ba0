"""What `kept serve` runs in processes of their own: preparation, web, jobs, parts of apps.

Rules: an app's part is a module with `main()`, named in its AppConfig's `kept_parts`; a child ends
when its standard input closes (its parent is gone), as gently as on SIGTERM; nothing here logs
requests.
"""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

_GRACE = 10  # seconds that open requests and a running job have to finish


def main(words: list[str]) -> None:
    """Run the part that the first word names, in the project of the working folder."""
    part, *rest = words
    if part == "prepare":
        _prepare()
        return
    threading.Thread(target=_end_with_parent, daemon=True).start()
    parts: dict[str, Callable[..., None]] = {"web": _web, "jobs": _jobs, "app": _app}
    parts[part](*rest)


def _prepare() -> None:
    """Bring data and policy up to date; one JSON object on standard output says what was done."""
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever else is printed is for people
    from kept._kit.errors import KeptError
    from kept.cli import _prepare

    try:
        told: dict[str, Any] = _prepare.prepare()
    except KeptError as error:
        told = {"refused": [error.code.id, error.message, error.place, error.do]}
    with answer:
        json.dump(told, answer)


def _web(target: str, host: str, port: str, workers: str) -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        target,
        address=host,
        port=int(port),
        interface=Interfaces.WSGI,
        workers=int(workers),
        blocking_threads=4,
        websockets=False,
        log_level=LogLevels.warning,
        log_access=False,
        respawn_failed_workers=True,
        respawn_interval=0.2,
        workers_kill_timeout=_GRACE,
    ).serve()


def _jobs() -> None:
    from kept.cli import _project

    _project.setup()
    from django.core.management import call_command

    call_command("db_worker", queue_name="*", reload=False, startup_delay=False, verbosity=0)


def _app(module: str) -> None:
    from kept.cli import _project

    _project.setup()
    sys.exit(import_module(module).main())


def _end_with_parent() -> None:
    # The bare descriptor: a lock of sys.stdin, held here, would stop every process forked from us.
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE + 2)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1:])

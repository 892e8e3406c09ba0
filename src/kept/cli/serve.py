"""`kept serve`: run the site, its jobs and its record, under one supervisor.

Rules: one supervisor per project (a second one is refused); the port is tried before anything
starts; addresses are shown once the site answers; a one-time password is shown once, here, and
stands in no file. `--json` writes each of these as one JSON object per line.
"""

import errno
import fcntl
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import click

from kept._kit.errors import Code, KeptError, code
from kept.cli import _project
from kept.cli._supervisor import Event, Program, Supervisor

TAKEN = code("X020", "The address is in use", do="stop what uses it, or choose another `--port`")
UNFIT = code("X021", "The address cannot be listened on", do="correct `--host` or `--port`")
RUNNING = code("X022", "This project is being served already", do="stop the other `kept serve`")
UNPREPARED = code("X025", "The project could not be prepared", do="see the lines above")

Tell = Callable[..., None]
_PAGES = {"site": "/", "privacy": "/privacy/", "console": "/console/"}
_WEB_FIRST = 1.0  # seconds that the site has the processor to itself
_PATIENCE = 60.0  # seconds until we say that the site does not answer


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
@click.option("--grace", default=10.0, show_default=True, help="Seconds to finish when stopped.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line, for programs.")
def command(host: str, port: int, workers: int, grace: float, as_json: bool) -> None:
    """Run the site, its jobs and its record until stopped."""
    begun = time.monotonic()
    tell = _tell_lines if as_json else _tell_people
    project = _project.find()
    lock = only_one(project.folder)
    _try_address(host, port)
    environment = _environment(project, _base(host, port))
    done = _prepared(project, environment)
    programs = [
        _part("web", project.wsgi, host, str(port), str(workers)),
        *([_part("jobs", after=_WEB_FIRST)] if done["jobs"] else []),
        *(
            _part(name, module, of="app", after=_WEB_FIRST)
            for name, module in done["parts"].items()
        ),
    ]
    supervisor = Supervisor(
        programs, lambda event: _tell_event(tell, event), environment=environment, grace=grace
    )
    arrive = threading.Thread(
        target=_arrive, args=(tell, host, port, done, begun), name="arrive", daemon=True
    )
    arrive.start()
    os.chdir(project.folder)
    supervisor.run()
    tell("stopped")
    os.close(lock)


def only_one(folder: Path) -> int:
    """Hold the project for this process; the descriptor to hold on to. Raises `KeptError` X022."""
    descriptor = os.open(folder / "manage.py", os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise KeptError(RUNNING, f"`{folder}` is served by another process") from error
    return descriptor


def _try_address(host: str, port: int) -> None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except OSError as error:
        which = TAKEN if error.errno == errno.EADDRINUSE else UNFIT
        raise KeptError(which, f"`{host}:{port}`: {error.strerror}") from error


def _base(host: str, port: int) -> str:
    """The site's address on this machine."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"http://{f'[{reached}]' if ':' in reached else reached}:{port}"


def _environment(project: _project.Project, base: str) -> Mapping[str, str]:
    """The children's environment: they import the project from wherever they are started.

    `KEPT_SERVED_AT` is for links in mails while developing, where the policy names no `url`.
    """
    path = os.pathsep.join(filter(None, [str(project.folder), os.environ.get("PYTHONPATH")]))
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": project.settings,
        "PYTHONPATH": path,
        "KEPT_SERVED_AT": base,
    }


def _part(name: str, *words: str, of: str = "", after: float = 0.0) -> Program:
    return Program(name, [sys.executable, "-m", "kept.cli._child", of or name, *words], after)


def _prepared(project: _project.Project, environment: Mapping[str, str]) -> dict[str, Any]:
    """Prepare in a process of its own, so that this one stays small and holds no connection."""
    done = subprocess.run(  # noqa: S603 - our own words, no shell
        _part("prepare").words,
        env=environment,
        cwd=project.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        raise KeptError(UNPREPARED, f"preparation ended with exit code {done.returncode}")
    told: dict[str, Any] = json.loads(done.stdout)
    if "refused" in told:
        id, message, place, do = told["refused"]
        raise KeptError(Code(id, "", do), message, place=place, do=do)
    return told


def _arrive(tell: Tell, host: str, port: int, done: Mapping[str, Any], begun: float) -> None:
    """Wait for the first answer, then say where everything is."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    while not _answers(reached, port):
        if time.monotonic() - begun > _PATIENCE:
            tell("silent", seconds=int(_PATIENCE))
            return
        time.sleep(0.05)
    base = _base(host, port)
    tell(
        "ready",
        seconds=round(time.monotonic() - begun, 1),
        **{name: base + path for name, path in _PAGES.items()},
        mailbox=base + "/mailbox/" if done["mailbox"] else None,
        **{key: done[key] for key in ("policy", "migrated", "operator")},
    )


def _answers(host: str, port: int) -> bool:
    connection = HTTPConnection(host, port, timeout=30)
    try:
        connection.request("HEAD", "/")
        connection.getresponse()
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    return True


def _tell_event(tell: Tell, event: Event) -> None:
    tell(event.kind, name=event.name, pid=event.pid, how=event.how, after=event.after)


_one_at_a_time = threading.Lock()  # the arrival is told by a thread of its own


def _tell_lines(what: str, **facts: Any) -> None:
    with _one_at_a_time:
        print(json.dumps({"event": what, **facts}), flush=True)


def _tell_people(what: str, **facts: Any) -> None:
    from kept.cli import _telling

    with _one_at_a_time:
        _telling.tell(what, facts)

"""A fresh site under `kept serve`, with two job workers, and everything that it logs."""

import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests import postgres, served

WEB_WORKERS = 4


@dataclass
class Site:
    """A running site; `jobs` is the second job worker, beside the one that `kept serve` keeps."""

    served: served.Served
    clusters: tuple[postgres.Cluster, ...]
    jobs: "subprocess.Popen[bytes] | None" = None
    helpers: list["subprocess.Popen[str]"] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """What processes in the project are started with."""
        root = str(Path(__file__).parents[2])
        return {
            **self.served.made.environment,
            "DJANGO_SETTINGS_MODULE": f"{self.served.folder.name}.settings",
            "PYTHONPATH": os.pathsep.join([str(self.served.folder), root]),
            "KEPT_SERVED_AT": self.served.url,
        }

    def start_jobs(self) -> None:
        """(Re)start the second job worker; what is left of the one before is killed."""
        self.end_jobs()
        with self.served.log.open("a") as stream:
            self.jobs = subprocess.Popen(
                [sys.executable, "-m", "kept.cli._child", "jobs"],
                cwd=self.served.folder, env=self.environment, start_new_session=True,
                stdin=subprocess.PIPE, stdout=stream, stderr=stream,
            )  # fmt: skip

    def end_jobs(self) -> None:
        """End the second job worker."""
        if self.jobs is not None:
            self.jobs.kill()
            self.jobs.wait()

    def helper(self, module: str) -> "subprocess.Popen[str]":
        """A module of this folder, run in the project."""
        made = subprocess.Popen(
            [sys.executable, "-m", f"benchmarks.fire.{module}"],
            cwd=self.served.folder, env=self.environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self.helpers.append(made)
        return made

    def kept(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run `kept …` in the project."""
        return self.served.made.kept(*words)

    def log(self) -> str:
        """What the site's processes wrote."""
        return self.served.log.read_text("utf-8", errors="replace")

    def database_log(self) -> str:
        """What the database servers wrote; nothing on SQLite."""
        return "".join((one.folder / "log").read_text(errors="replace") for one in self.clusters)

    def parts(self) -> dict[str, int]:
        """The processes that may be killed: name -> process id; workers of the web are `web-…`."""
        found = {}
        for pid in _children(self.served.process.pid):
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            name = words[words.index(b"kept.cli._child") + 1 :][:2] if b"web" not in words else []
            if b"kept.cli._child" in words and b"web" in words:
                found.update({f"web-{one}": one for one in _workers(pid)})
            elif name:
                found[b" ".join(name).decode().strip()] = pid
        if self.jobs is not None:
            found["jobs-2"] = self.jobs.pid
        return found

    def stop(self) -> int:
        """End all; the exit code of `kept serve`."""
        for one in self.helpers:
            one.kill()
            one.wait()
        self.end_jobs()
        code = self.served.stop(signal.SIGTERM)
        self.served.made.remove_databases()
        return code


def start(folder: Path, engine: str) -> Site:
    """Make the site in `folder`, serve it, and start the second job worker."""
    clusters: tuple[postgres.Cluster, ...] = ()
    os.environ["KEPT_TEST_DB"] = engine
    if engine == "postgresql":
        clusters = (postgres.start("fire-data"), postgres.start("fire-keys"))
        os.environ["KEPT_TEST_PG_DATA"] = str(clusters[0].folder)
        os.environ["KEPT_TEST_PG_KEYS"] = str(clusters[1].folder)
    policy = folder / "fire.toml"
    policy.write_text(text(), "utf-8")
    made = served.make(folder / "fire_site", str(policy))
    made.environment["KEPT_MAIL_IN"] = ""  # no port for mail
    site = Site(served.serve(made, "--workers", str(WEB_WORKERS)), clusters)
    site.start_jobs()
    return site


def text(number: int = 0) -> str:
    """The site's policy; `number` names a later version of it, in other words."""
    whole = (Path(__file__).parents[2] / "policies" / "usimprints.toml").read_text("utf-8")
    if number:
        whole = whole.replace('version = "2016-03-16"', f'version = "fire-{number}"')
        whole = whole.replace("answer your requests", f"answer ({number}) your requests")
    return whole


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(one) for one in task.read_text().split()]
    return found


def _workers(pid: int) -> list[int]:
    """The web's worker processes: its children, but for the tracker of shared memory."""
    found: list[int] = []
    for one in _children(pid):
        try:
            words = Path(f"/proc/{one}/cmdline").read_bytes()
        except OSError:
            continue
        if b"resource_tracker" not in words:
            found.append(one)
    return found

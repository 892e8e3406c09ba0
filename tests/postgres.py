"""Private PostgreSQL clusters for tests: made in a temp folder, gone when their process ends.

Rules: nothing outside the folder is touched, no port is opened (unix socket in a folder of mode
0700), and the server dies with the process that started it, however that one dies. Durability is
off, but for benchmarks: tests of crashes kill clients, not the server's machine.
"""

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "32MB",
    "min_wal_size": "32MB",
    "max_wal_size": "64MB",  # tests search all of it, again and again
    "max_connections": "120",
    "timezone": "UTC",
}
_DURABLE = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "256MB",
    "min_wal_size": "80MB",
    "max_wal_size": "1GB",
}
"""As production has it, for benchmarks of what has to be on disk (`KEPT_TEST_PG_DURABLE`)."""


@dataclass(frozen=True)
class Cluster:
    """A running server: its folder holds the socket and the data."""

    folder: Path

    def url(self, database: str = "postgres") -> str:
        """The libpq address of `database` in this cluster."""
        return f"postgresql://kept@/{database}?host={self.folder}"

    def create(self, database: str) -> str:
        """Make `database` afresh (dropped first where it exists); its address."""
        name = sql.Identifier(database)
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove `database`, whoever is still connected to it."""
        name = sql.Identifier(database)
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def programs() -> Path | None:
    """The folder of PostgreSQL's server programs, the newest version first; None without one."""
    versioned = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda found: [int(part) for part in found.parent.name.split(".") if part.isdigit()],
        reverse=True,
    )
    on_path = shutil.which("initdb")
    candidates = [*versioned, *([Path(on_path).resolve().parent] if on_path else [])]
    return next((found for found in candidates if (found / "initdb").exists()), None)


def start(name: str) -> Cluster:
    """A fresh cluster that lives as long as this process. Raises `RuntimeError` when it cannot."""
    found = programs()
    if found is None:
        raise RuntimeError("PostgreSQL's server is not installed; `make test` says how to get it")
    folder = Path(tempfile.mkdtemp(prefix=f"kept-{name}-"))
    if os.geteuid() == 0:
        account = pwd.getpwnam(_account())
        os.chown(folder, account.pw_uid, account.pw_gid)
    data, log = folder / "data", folder / "log"
    _run([
        str(found / "initdb"), "-D", str(data), "-U", "kept", "-A", "trust", "-E", "UTF8",
        "--no-locale", "--no-sync", "--no-instructions",
    ])  # fmt: skip
    settings = _SETTINGS | (_DURABLE if os.environ.get("KEPT_TEST_PG_DURABLE") else {})
    options = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
    command = [str(found / "postgres"), "-D", str(data), "-k", str(folder), *options]
    with log.open("wb") as output:
        server = subprocess.Popen([*_as_owner(), *command], stdout=output, stderr=output)
    atexit.register(_stop, server, folder, os.getpid())
    cluster = Cluster(folder)
    _wait(cluster, server, log)
    return cluster


def _account() -> str:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _as_owner() -> list[str]:
    """The words that run a command as an ordinary account and let it die with this process."""
    if not shutil.which("setpriv"):
        if os.geteuid() == 0:
            raise RuntimeError("PostgreSQL refuses to run as root and `setpriv` is not installed")
        return []
    words = ["setpriv", "--pdeathsig", "QUIT"]
    if os.geteuid() == 0:
        account = pwd.getpwnam(_account())
        words += [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    return words


def _run(command: list[str]) -> None:
    done = subprocess.run([*_as_owner(), *command], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


def _wait(cluster: Cluster, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(cluster.url(), connect_timeout=5).close()
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                text = log.read_text(errors="replace")
                raise RuntimeError(f"PostgreSQL did not start:\n{text}") from error
            time.sleep(0.05)
        else:
            return


def _stop(server: subprocess.Popen[bytes], folder: Path, owner: int) -> None:
    if os.getpid() != owner:  # a fork of ours is ending, not we
        return
    server.terminate()
    try:
        server.wait(2)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    shutil.rmtree(folder, ignore_errors=True)

"""The old shop on disk: a Django project that was there before, with databases of its own."""

import json
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests import raw
from tests.settings import WORLD

_FILES = Path(__file__).parent / "oldshop"
_REPOSITORY = Path(__file__).parents[3]


class OldShop:
    """One project. `database` and `keys` are its own."""

    def __init__(self, root: Path, like: "OldShop | None" = None) -> None:
        self.root, self.folder = root, root / "project"
        name = f"oldshop_{secrets.token_hex(4)}"
        self.places: dict[str, Any] = {"root": str(root), "name": name}
        self.database_files = [root / "data"]
        if like is not None:
            shutil.copytree(like.root, root, dirs_exist_ok=True)
        else:
            self._write()
        self.places |= self._databases(name, like.places["name"] if like else "template1")

    def _write(self) -> None:
        for name in ("data", "keys", "secret"):
            (self.root / name).mkdir(mode=0o700)
        (self.folder / "shop" / "migrations").mkdir(parents=True)
        for name in ("settings.py", "manage.py", "policy.toml"):
            shutil.copy(_FILES / name, self.folder / name)
        for name in ("__init__.py", "migrations/__init__.py"):
            (self.folder / "shop" / name).touch()

    def _databases(self, name: str, like: str) -> dict[str, Any]:
        if WORLD.engine == "sqlite":
            place = str(self.root / "data" / "db.sqlite3")
            engine = "django.db.backends.sqlite3"
            return {"database": {"ENGINE": engine, "NAME": place}, "keys": str(self.root / "keys")}
        import psycopg

        from tests.postgres import Cluster

        data, keys = (Cluster(Path(os.environ[f"KEPT_TEST_PG_{one}"])) for one in ("DATA", "KEYS"))
        for cluster in (data, keys):
            with psycopg.connect(cluster.url(), autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}".encode())
        self.database_files = [data.folder / "data" / "base"]
        engine = "django.db.backends.postgresql"
        return {
            "database": {"ENGINE": engine, "NAME": name, "USER": "kept", "HOST": str(data.folder)},
            "keys": keys.url(name),
        }

    def close(self) -> None:
        """Drop its databases, so that the raw files hold nothing of it for the next test."""
        if WORLD.engine == "postgresql":
            from tests.postgres import Cluster

            for one in ("DATA", "KEYS"):
                Cluster(Path(os.environ[f"KEPT_TEST_PG_{one}"])).drop(self.places["name"])

    def begin(self) -> None:
        """The shop as it was before it was adopted, with rows of every kind; a policy is posted."""
        self.models("clear")
        self("makemigrations", "shop", "-v0")
        self("migrate", "-v0")
        self("post")
        self.python((_FILES / "fill.py").read_text("utf-8"))

    def models(self, which: str) -> None:
        """Let the project's models be the `clear` or the `sealed` ones."""
        shutil.copy(_FILES / f"{which}.py", self.folder / "shop" / "models.py")

    def edit(self, old: str, new: str, file: str = "shop/models.py") -> None:
        """Change a file of the project."""
        path = self.folder / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")

    def run(self, *words: str, kill: str = "") -> "subprocess.CompletedProcess[str]":
        """`manage.py` in a process of its own, which may kill itself."""
        environment = {
            name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"
        }
        environment |= {"OLD_SHOP": json.dumps(self.places), "KILL": kill}
        environment["PYTHONPATH"] = str(_REPOSITORY / "src")
        return subprocess.run(
            [sys.executable, "manage.py", *words], cwd=self.folder, env=environment,
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def __call__(self, *words: str) -> str:
        """As `run`; what it wrote. It has to succeed."""
        done = self.run(*words)
        assert done.returncode == 0, f"{words}: {done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def python(self, code: str) -> str:
        """Run `code` in the project; what it prints."""
        done = self.run("run", code)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def rows(self) -> Any:
        """Every row with every value."""
        return json.loads(self.python((_FILES / "tell.py").read_text("utf-8")))

    def _places_of_files(self) -> list[Path]:
        """The files of this shop's database: on PostgreSQL its own folder in the cluster."""
        if WORLD.engine == "sqlite":
            return self.database_files
        number = self.python(
            "from django.db import connection\ncursor = connection.cursor()\n"
            "cursor.execute('SELECT oid FROM pg_database WHERE datname = current_database()')\n"
            "print(cursor.fetchone()[0])"
        )
        return [folder / number.strip() for folder in self.database_files]

    def files_with(self, word: str) -> list[str]:
        """The files of the database that hold `word`, whatever its case."""
        if WORLD.engine == "postgresql":
            self.python(
                "from django.db import connection\nconnection.cursor().execute('CHECKPOINT')"
            )
        return raw.files_with(word, self._places_of_files(), "--ignore-case")

"""A key store of one test's own, on the engine of the run."""

import os
import secrets
from pathlib import Path
from typing import Any

from kept.vault.keystore import KeyStore
from kept.vault.keystore.database import Database
from kept.vault.keystore.masters import FileMasterKeys
from kept.vault.keystore.sqlite import SQLiteDatabase
from tests.settings import WORLD


class Place:
    """Where one test's key store stands; `database()` is what a process would open."""

    def __init__(self, root: Path) -> None:
        self.secret, self.root = root / "secret", root
        self._address = ""
        if WORLD.engine == "postgresql":
            from tests.postgres import Cluster

            cluster = Cluster(Path(os.environ["KEPT_TEST_PG_KEYS"]))
            self._address = cluster.create(f"keys_{secrets.token_hex(4)}")

    def database(self) -> Database:
        if self._address:
            from kept.vault.keystore.postgres import PostgresDatabase

            return PostgresDatabase(self._address)
        return SQLiteDatabase(self.root / "keys" / "keys.sqlite3")

    def store(self, **more: Any) -> KeyStore:
        given = {"masters": FileMasterKeys(self.secret), "production": False, **more}
        return KeyStore(self.database(), **given)

"""`kept move` on a real site: everything comes as it is, or nothing does."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psycopg

from kept.cli.serve import only_one
from tests import served


def old(site: served.Made) -> Path:
    return site.folder / "data" / "db.sqlite3"


def refused(site: served.Made, address: str) -> str:
    done = site.kept("move", address, "--json")
    assert (done.returncode, done.stdout) == (2, "")
    return str(json.loads(done.stderr)["error"]["code"])


def test_every_row_of_a_moved_site_is_there_as_the_record_says(site: served.Made, fresh: str):
    address, before = fresh, old(site).read_bytes()
    done = site.kept("move", address, "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    counts = {table["name"]: table["rows"] for table in report["tables"]}
    assert old(site).read_bytes() == before
    assert report["old"][0] == str(old(site))
    assert (counts["kept_vault_subject"], counts["kept_consent_consent"]) == (3, 4)
    with closing(sqlite3.connect(old(site))) as there, psycopg.connect(address) as here:
        envelopes = "SELECT mark, body, mac FROM kept_ledger_outbox"
        assert set(here.execute(envelopes).fetchall()) == set(there.execute(envelopes).fetchall())
        (last,) = there.execute(
            "SELECT seq FROM sqlite_sequence WHERE name = 'kept_ledger_outbox'"
        ).fetchone()
        sequence = "SELECT pg_get_serial_sequence('kept_ledger_outbox', 'id')"
        (name,) = here.execute(sequence).fetchone() or ("",)
        assert here.execute("SELECT nextval(%s)", [name]).fetchone() == (last + 1,)
    moved = served.Made(site.folder, site.environment | {"DATABASE_URL": address})
    told = moved.kept("ledger", "verify")
    assert told.returncode == 0, told.stdout + told.stderr
    assert refused(moved, address) == "V050"


def test_killed_in_the_middle_nothing_is_lost_and_the_next_run_says_what_to_do(
    site: served.Made, fresh: str
):
    address, before = fresh, old(site).read_bytes()
    process = subprocess.Popen(
        [sys.executable, "-m", "kept.cli", "move", address], cwd=site.folder, env=site.environment
    )
    with psycopg.connect(address, autocommit=True) as there:
        deadline = time.monotonic() + 60
        while there.execute("SELECT to_regclass('kept_vault_subject')").fetchone() == (None,):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert there.execute("SELECT count(*) FROM kept_vault_subject").fetchone() == (0,)
    assert old(site).read_bytes() == before
    assert refused(site, address) == "V051"


def test_a_site_that_is_served_is_not_moved(site: served.Made, fresh: str):
    lock = only_one(site.folder)
    try:
        assert refused(site, fresh) == "X022"
    finally:
        os.close(lock)


def test_an_address_of_another_kind_is_refused(site: served.Made):
    assert refused(site, "mysql://db/shop") == "X013"


def test_in_production_rows_do_not_move_to_where_the_keys_are(site: served.Made, fresh: str):
    production = {"KEPT_PRODUCTION": "1", "KEPT_KEYS": fresh}
    done = served.Made(site.folder, site.environment | production).kept("move", fresh)
    assert (done.returncode, done.stderr[:4]) == (2, "V005")
    assert "`KEYS` and database `default` are in one PostgreSQL cluster" in done.stderr
    with psycopg.connect(fresh) as there:
        assert there.execute("SELECT to_regclass('django_migrations')").fetchone() == (None,)

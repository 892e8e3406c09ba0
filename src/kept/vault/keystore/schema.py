"""The key store's tables, and the version of their shape.

`subject_key`: one wrapped key per (subject, keep class). `blind_key`: one wrapped key per kind of
identifier. `identifier`: which subject a digest stands for. `journal`: what must survive a restore
of the data (keys destroyed, standing denials, holds, mergers). `suppression`: to which digest
nothing is sent for a purpose. `position`: how many changes journal and suppressions have seen.
`master`: versions only; the keys themselves are with the provider.
"""

from kept.vault.errors import STORE_NEWER, MisconfiguredError
from kept.vault.keystore.database import Writer

VERSION = 1

_TABLES = (
    "CREATE TABLE IF NOT EXISTS shape (version INTEGER NOT NULL)",
    """CREATE TABLE IF NOT EXISTS master (
        version INTEGER PRIMARY KEY, state TEXT NOT NULL, made TEXT NOT NULL,
        proof {blob} NOT NULL, CHECK (state IN ('current', 'old', 'destroyed')))""",
    """CREATE TABLE IF NOT EXISTS subject_key (
        id {blob} PRIMARY KEY, subject {blob} NOT NULL, keep TEXT NOT NULL,
        master INTEGER NOT NULL, wrapped {blob} NOT NULL, made TEXT NOT NULL,
        UNIQUE (subject, keep))""",
    "CREATE INDEX IF NOT EXISTS subject_key_master ON subject_key (master)",
    """CREATE TABLE IF NOT EXISTS blind_key (
        kind TEXT PRIMARY KEY, master INTEGER NOT NULL, wrapped {blob} NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS identifier (
        kind TEXT NOT NULL, digest {blob} NOT NULL, subject {blob} NOT NULL,
        PRIMARY KEY (kind, digest))""",
    "CREATE INDEX IF NOT EXISTS identifier_subject ON identifier (subject)",
    """CREATE TABLE IF NOT EXISTS journal (
        entry {blob} PRIMARY KEY, kind TEXT NOT NULL, subject {blob} NOT NULL,
        day TEXT NOT NULL, detail TEXT NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS journal_subject ON journal (subject, kind)",
    "CREATE TABLE IF NOT EXISTS position (number BIGINT NOT NULL)",
    """CREATE TABLE IF NOT EXISTS suppression (
        kind TEXT NOT NULL, digest {blob} NOT NULL, purpose TEXT NOT NULL, day TEXT NOT NULL,
        PRIMARY KEY (kind, digest))""",
)


def prepare(writer: Writer) -> None:
    """Make the tables where there are none. Raises `MisconfiguredError` V008 on another version."""
    for table in _TABLES:
        writer.run(table)
    if not writer.run("SELECT 1 FROM position"):
        writer.run("INSERT INTO position (number) SELECT COUNT(*) FROM journal")
    found = writer.run("SELECT version FROM shape")
    if not found:
        writer.run("INSERT INTO shape (version) VALUES (?)", (VERSION,))
    elif found[0][0] != VERSION:
        raise MisconfiguredError(
            STORE_NEWER, f"the key store has shape {found[0][0]}, this code knows {VERSION}"
        )

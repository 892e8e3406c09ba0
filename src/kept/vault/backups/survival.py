"""The survival journal in a file of its own, to be kept off this host, and read back.

Form: JSON lines: what it is; one line for each entry and each suppression; last the seal. Rules:
no key, address or name is in it; it is sealed with the site's key for backups over all of its
lines, so that nobody can have people erased by a made-up journal; reading it adds what this store
does not know and lifts nothing; it may be read again after a crash.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from kept._kit import canonical, clock
from kept._kit.errors import KeptError
from kept.vault.backups import manifest, places
from kept.vault.backups.keys import TABLES, insertion, pages
from kept.vault.errors import JOURNAL, NotAuthenticError, NotStoredError
from kept.vault.keystore import holds as noted
from kept.vault.keystore import journal, keystore, mergers
from kept.vault.keystore.database import Row
from kept.vault.keystore.holds import HoldEntry
from kept.vault.keystore.suppressions import PREFIX
from kept.vault.sealed_bytes import open_bytes, seal_bytes

_WHAT, _VERSION = "kept survival journal", 1
_PROBE = "kept"
"""Digested with each kind's key, so that digests of another key are not taken over."""
_BOUND = b"journal\0"
_COPIED = ("journal", "suppression")


@dataclass(frozen=True, slots=True)
class Taken:
    """What reading a journal came to."""

    position: int
    """How many changes it had seen."""
    destroyed: int
    """People whose keys were here and are destroyed now."""
    denials: int
    holds: int
    mergers: int
    suppressions: int
    unusable: int
    """Suppressions whose key came into being after the newest backup of the keys, and is lost."""


def write(path: Path) -> int:
    """Write the journal to `path`, whole or not at all; how many lines it has."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.part")
    seen, lines = hashlib.blake2b(digest_size=32), 0
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        for one in _lines():
            line = canonical.dumps(one) + b"\n"
            seen.update(line)
            file.write(line)
            lines += 1
        sealed = seal_bytes(manifest.LABEL, _BOUND + seen.digest())
        file.write(canonical.dumps({"seal": sealed.hex()}) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    places.sync(path.parent)
    return lines


def position_of(path: Path) -> int:
    """How many changes the journal in `path` had seen; -1 where there is none."""
    try:
        with path.open("rb") as file:
            return int(json.loads(file.readline())["position"])
    except FileNotFoundError:
        return -1
    except (ValueError, KeyError, TypeError) as error:
        raise KeptError(JOURNAL, "its first line says nothing", place=str(path)) from error


def take(path: Path) -> Taken:
    """Bring what it says into this key store. Raises `KeptError` V044; then nothing was changed."""
    _require_ours(path)
    head: dict[str, Any] = {}
    lines: dict[str, list[Any]] = {}
    for one in _read(path):
        if "what" in one:
            head = one
        elif "seal" not in one:
            lines.setdefault(one["kind"], []).append(one)
    usable, unusable = _usable(lines.get("suppression", []), head["probes"])
    made = Taken(
        position=head["position"],
        holds=_holds(lines),
        mergers=sum(map(_merged, lines.get(journal.MERGED, ()))),
        denials=sum(_denied(one) for kind in journal.DENIALS for one in lines.get(kind, ())),
        destroyed=sum(map(_destroyed, lines.get(journal.DESTROYED, ()))),
        suppressions=_suppressions(usable),
        unusable=len(unusable),
    )
    with keystore().database.write() as writer:
        writer.run(
            "UPDATE position SET number = ? WHERE number < ?", (made.position, made.position)
        )
    return made


def _lines() -> Iterator[dict[str, Any]]:
    store = keystore()
    with store.database.snapshot() as source:
        rows = source.run("SELECT number FROM position")
        kinds = source.run("SELECT kind FROM blind_key")
        yield {
            "what": _WHAT,
            "version": _VERSION,
            "made": clock.now().isoformat(),
            "position": rows[0][0],
            "probes": {
                kind: store.identifiers.blind(kind, _PROBE).hex()
                for (kind,) in kinds
                if kind.startswith(PREFIX)
            },
        }
        for table in _COPIED:
            for some in pages(source, table):
                for row in some:
                    yield _said(table, row)


def _said(table: str, row: Row) -> dict[str, Any]:
    named = dict(zip(TABLES[table], row, strict=True))
    if table == "suppression":
        named["of"] = named.pop("kind")
        named["kind"] = table
    return {key: one.hex() if isinstance(one, bytes) else one for key, one in named.items()}


def _read(path: Path) -> Iterator[dict[str, Any]]:
    with path.open("rb") as file:
        for line in file:
            yield json.loads(line)


def _require_ours(path: Path) -> None:
    seen, last = hashlib.blake2b(digest_size=32), b""
    try:
        with path.open("rb") as file:
            for line in file:
                seen.update(last)
                last = line
        sealed = bytes.fromhex(json.loads(last)["seal"])
        told = open_bytes(manifest.LABEL, sealed)
    except (OSError, ValueError, KeyError, TypeError, NotAuthenticError) as error:
        raise KeptError(JOURNAL, f"no seal of this site: {error}", place=str(path)) from error
    if told != _BOUND + seen.digest():
        raise KeptError(JOURNAL, "it was changed or cut", place=str(path))


def _holds(lines: dict[str, list[Any]]) -> int:
    """Before the destructions, which spare what is held; an end that is known stays one."""
    database, done = keystore().database, 0
    for one in lines.get(journal.RELEASED, ()):
        noted.release(database, _entry(one))
    ended = set(noted.ended(database))
    for one in lines.get(journal.HELD, ()):
        entry = _entry(one)
        if entry not in ended and entry not in noted.standing(database, entry.subject):
            noted.recall(database, entry)
            done += 1
    return done


def _entry(one: dict[str, Any]) -> HoldEntry:
    return noted.entry_of(UUID(hex=one["subject"]), one["detail"])


def _merged(one: dict[str, Any]) -> bool:
    store, known = keystore(), (UUID(hex=one["subject"]), UUID(hex=one["detail"]))
    if known in mergers.merged(store.database):
        return False
    with suppress(NotStoredError):  # erased since, both of them
        mergers.merge(store.database, store.identifiers, *known)
        return True
    return False


def _denied(one: dict[str, Any]) -> bool:
    database, subject = keystore().database, UUID(hex=one["subject"])
    denial = (one["kind"], one["detail"])
    if denial in journal.denials_of(database, subject):
        return False
    journal.deny(database, subject, [denial])
    return True


def _destroyed(one: dict[str, Any]) -> bool:
    store, subject = keystore(), UUID(hex=one["subject"])
    spared = store.keys.spared(subject)
    gone = [id for id in store.keys.classes_of(subject) if id not in spared]
    with store.database.write() as writer:
        known = journal.is_destroyed(writer, subject)
    if known and not gone:
        return False
    store.keys.erase(subject)
    return bool(gone)


def _usable(lines: list[Any], probes: dict[str, str]) -> tuple[list[Any], list[Any]]:
    """Those whose kind has the same key here, and the others."""
    store = keystore()
    found: tuple[list[Any], list[Any]] = ([], [])
    for one in lines:
        kind = f"{PREFIX}{one['of']}"
        same = store.identifiers.blind(kind, _PROBE).hex() == probes.get(kind)
        found[0 if same else 1].append(one)
    return found


def _suppressions(lines: list[dict[str, Any]]) -> int:
    done = 0
    with keystore().database.write() as writer:
        for one in lines:
            given = (one["of"], bytes.fromhex(one["digest"]), one["purpose"], one["day"])
            there = writer.run("SELECT 1 FROM suppression WHERE kind = ? AND digest = ?", given[:2])
            if not there:
                writer.run(insertion("suppression", TABLES["suppression"]), given)
                done += 1
    return done

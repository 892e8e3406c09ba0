"""The log as files, for auditors: a C2SP tlog-tiles folder, and what may be read in clear.

What is in it: `checkpoint` (the newest), `checkpoints` (all, a JSON text per line), `key`,
`tile/…` (hashes and leaves), and `open` (events about no one, with what opens their leaves).
Rules: nothing about a person leaves in it; the folder is new or empty.
"""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from kept._kit.errors import KeptError
from kept.ledger import appending, entries
from kept.ledger.errors import ABSENT, TAKEN
from kept.ledger.log import hashing, layout, tree
from kept.ledger.log.text import to_base64
from kept.ledger.store import Store, batches, leaves, recorded, store

_EPOCH = date(1970, 1, 1)


def export(folder: Path) -> int:
    """Write the whole log into `folder`; the number of its leaves.

    Raises `KeptError` L011 where there is no checkpoint yet, L012 where `folder` is not empty.
    """
    if folder.exists() and any(folder.iterdir()):
        raise KeptError(TAKEN, f"`{folder}`")
    ledger = store()
    last = batches.latest(ledger)
    if last is None:
        raise KeptError(ABSENT, "the log has no checkpoint yet")
    folder.mkdir(parents=True, exist_ok=True)
    places = _leaves(ledger, folder, last.size)
    _tiles(ledger, folder, last.size)
    _checkpoints(ledger, folder, last)
    _open(ledger, folder, places)
    (folder / "key").write_text(f"{appending.signer().public}\n", encoding="utf-8")
    (folder / "checkpoint").write_text(last.note, encoding="utf-8")
    return last.size


def _leaves(ledger: Store, folder: Path, size: int) -> dict[bytes, int]:
    """Write leaves and their hashes; where the leaves of clear entries stand."""
    wanted = {data for data, _ in _clear(ledger)}
    places: dict[bytes, int] = {}
    for number, width in layout.widths(0, size):
        found = leaves.split(leaves.bundle(ledger, number))[:width]
        layout.write(folder, layout.entries_path(number, width), layout.bundle(found))
        layout.write(folder, layout.tile_path(0, number, width), b"".join(hashing.of_leaves(found)))
        for at, one in enumerate(found):
            if one in wanted:
                places[one] = number * tree.WIDTH + at
    return places


def _tiles(ledger: Store, folder: Path, size: int) -> None:
    tiles, level = leaves.StoredTiles(ledger), 1
    while size >> (tree.HEIGHT * level):
        for number, width in layout.widths(level, size):
            data = tiles.tile(level, number)[: width * hashing.SIZE]
            layout.write(folder, layout.tile_path(level, number, width), data)
        level += 1


def _checkpoints(ledger: Store, folder: Path, last: batches.Batch) -> None:
    with (folder / "checkpoints").open("w", encoding="utf-8") as file:
        done = 0
        while done < last.number:
            for batch in batches.many(ledger, done, 500):
                if batch.number <= last.number:
                    file.write(json.dumps(batch.note, ensure_ascii=False) + "\n")
                done = batch.number


def _open(ledger: Store, folder: Path, places: dict[bytes, int]) -> None:
    lines = []
    for data, one in _clear(ledger):
        if data in places:
            day = (_EPOCH + timedelta(days=int.from_bytes(data[1:5], "big"))).isoformat()
            line = {"index": places[data], "day": day, "nonce": to_base64(one.nonce)}
            lines.append((places[data], json.dumps({**line, "event": one.event.decode()})))
    text = "".join(f"{line}\n" for _, line in sorted(lines))
    (folder / "open").write_text(text, encoding="utf-8")


def _clear(ledger: Store) -> Iterator[tuple[bytes, entries.Opening]]:
    """Each event about no one, with its leaf."""
    for entry in recorded.about_no_one(ledger):
        found = entries.openings(entry, entry.body)
        yield from zip(appending.leaves_of(entry, entry.body), found, strict=True)

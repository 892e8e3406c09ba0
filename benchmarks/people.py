"""People and their rows in bulk, the same each time: real keys, envelopes and identifiers.

`make(sizes)` gives one subject per number in `sizes`, with as many rows; `zipf` gives the sizes of
a real site, where a few people have very many. Deterministic are ids, texts, choices and who has
which row; keys and nonces are random, as they must be. Ways that no site has: stores are filled by
multi-row statements without waiting for the disk, row ids ascend (which changes nothing for who
reads them), indices of rows are made at the end.
"""

import hashlib
import sqlite3
from array import array
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import islice
from random import Random
from typing import Any
from uuid import UUID

SEED = 20_160_316
DAY = date(2026, 1, 1)
"""When all rows were collected."""
_CHUNK = 20_000
_STATEMENT = 500
_WORDS = (
    "paper", "print", "colour", "press", "order", "sample", "quote", "card", "folder", "label",
    "banner", "poster", "sticker", "flyer", "catalogue", "brochure", "envelope", "letter",
    "price", "delivery", "week", "please", "thank", "you", "about", "the", "for", "with",
)  # fmt: skip


def zipf(subjects: int, rows: int, most: int = 100_000) -> list[int]:
    """How many rows each of `subjects` has, most first: `rows` in all, within a row per subject."""
    low, high = 0.0, float(rows)
    while high - low > 1e-6 * rows:
        scale = (low + high) / 2
        if sum(min(most, int(scale / rank)) for rank in range(1, subjects + 1)) < rows:
            low = scale
        else:
            high = scale
    return [min(most, int(high / rank)) for rank in range(1, subjects + 1)]


@dataclass(frozen=True, slots=True)
class People:
    """Who was made."""

    ids: bytes
    """16 bytes per subject."""
    sizes: Sequence[int]

    def id(self, number: int) -> UUID:
        """The id of one subject."""
        return UUID(bytes=self.ids[number * 16 : number * 16 + 16])

    def __iter__(self) -> Iterator[UUID]:
        return (self.id(number) for number in range(len(self.sizes)))


def email(number: int) -> str:
    """The address of one subject."""
    return f"person{number}@example.org"


def make(
    sizes: Sequence[int],
    *,
    seed: int = SEED,
    clear: bool = False,
    only: tuple[Container[int], Container[int]] = ((), ()),
    consented: Sequence[int] = (0,),
    agreed: Sequence[int | None] = (None,),
    point: str = "inquiry",
) -> People:
    """Make subjects with rows (`benchmarks.models.Letter`; `clear`: the same as `Clear`, too).

    `only`: of whom (by number) there are rows in one of the two tables alone, sealed or in clear.
    `consented` (masks) and `agreed` (ordinals) are dealt out in turn. Needs a gate in force and
    empty tables.
    """
    from benchmarks.models import Clear, Letter

    random = Random(seed)
    people = People(_ascending(random, len(sizes)), sizes)
    with _quick():
        keys = _keys(people, random, point)
        _subjects(people, consented, agreed)
        only_sealed, only_clear = only
        _fill(Letter, _sealed(people, keys, only_clear))
        if clear:
            _fill(Clear, _in_clear(people, only_sealed))
    return people


def _ascending(random: Random, count: int) -> bytes:
    """Random UUIDs (version 4) in ascending order, 16 bytes each."""
    made, step = bytearray(), (1 << 48) // max(count, 1)
    for number in range(count):
        high = number * step + random.randrange(step or 1)
        id = UUID(int=high << 80 | random.getrandbits(80), version=4)
        made += id.bytes
    return bytes(made)


def texts(random: Random, owner: int) -> dict[str, str]:
    """The values of one row."""
    message = random.choice(_messages())
    return {
        "name": f"Person {owner}",
        "email": email(owner),
        "phone": f"+1 555 {owner % 10_000_000:07}",
        "message": message,
        "reply": message[20:90],
    }


@cache
def _messages() -> list[str]:
    random = Random(SEED)
    return [" ".join(random.choices(_WORDS, k=24)) for _ in range(997)]


def _owners(people: People, random: Random) -> "array[int]":
    """Whose each row is: everybody's rows lie scattered over the table."""
    owners = array("I")
    for number, size in enumerate(people.sizes):
        owners.extend([number] * size)
    random.shuffle(owners)
    return owners


def _keys(people: People, random: Random, point: str) -> bytes:
    """A key and an identifier for each subject, in the key store; id and key, 48 bytes each."""
    from kept import gate
    from kept._kit import clock
    from kept._kit.crypto import new_key
    from kept.vault.keystore import keystore
    from kept.vault.keystore.wrapping import for_subject

    store, (_, policy) = keystore(), gate.in_force().in_force
    keep, day, held = policy.collect[point].keep.key_class, clock.today().isoformat(), bytearray()
    master, _ = store.master()
    store.identifiers.holder("email", "nobody")  # its digest key is there from now on
    ids = _ascending(random, len(people.sizes))
    numbers = iter(range(len(people.sizes)))
    while some := list(islice(numbers, _CHUNK)):
        keys, names = [], []
        for number in some:
            id, owner = ids[number * 16 : number * 16 + 16], people.id(number).bytes
            key = new_key()
            held += id + key
            wrapped = store.wrapping.wrap(key, for_subject(id, owner, keep), master)
            keys.append((id, owner, keep, master, wrapped, day))
            names.append(("email", store.identifiers._digest("email", email(number)), owner))
        with store.database.write() as writer:
            columns = "subject_key (id, subject, keep, master, wrapped, made)"
            insert(writer, columns, keys)
            insert(writer, "identifier (kind, digest, subject)", sorted(names))
    return bytes(held)


def insert(writer: Any, columns: str, rows: Sequence[Sequence[object]]) -> None:
    for start in range(0, len(rows), _STATEMENT):
        some = rows[start : start + _STATEMENT]
        marks = f"({', '.join('?' * len(some[0]))})"
        values = [value for row in some for value in row]
        writer.run(f"INSERT INTO {columns} VALUES {', '.join([marks] * len(some))}", values)


def _subjects(people: People, consented: Sequence[int], agreed: Sequence[int | None]) -> None:
    from kept.vault.models import Subject

    _fill(
        Subject,
        (
            {
                "id": id,
                "collected": 0,
                "consented": consented[number % len(consented)],
                "agreed": agreed[number % len(agreed)],
            }
            for number, id in enumerate(people)
        ),
    )


def _sealed(people: People, keys: bytes, without: Container[int]) -> Iterator[dict[str, Any]]:
    from benchmarks.models import Letter
    from kept._kit.crypto import Cipher
    from kept.vault import codec
    from kept.vault.keystore import SubjectKey

    keep = _keep("inquiry")
    table = Letter._kept_shape.table
    for row, owner, subject, values in _rows(people):
        if owner in without:
            continue
        kept = keys[owner * 48 : owner * 48 + 48]
        key = SubjectKey(kept[:16], subject.bytes, keep, Cipher(kept[16:]))
        sealed = codec.seal(values, key, codec.Place(table, row, subject, 0))
        yield {"id": row, "subject": subject, "collected": 0, "since": DAY, "sealed": sealed}


def _in_clear(people: People, without: Container[int]) -> Iterator[dict[str, Any]]:
    return (
        {"id": row, "subject": subject, "since": DAY, **values}
        for row, owner, subject, values in _rows(people)
        if owner not in without
    )


def _rows(people: People) -> Iterator[tuple[UUID, int, UUID, dict[str, str]]]:
    random = Random(SEED)
    owners = _owners(people, random)
    ids = _ascending(random, len(owners))
    for number, owner in enumerate(owners):
        row = UUID(bytes=ids[number * 16 : number * 16 + 16])
        yield row, owner, people.id(owner), texts(random, owner)


def _keep(point: str) -> str:
    from kept import gate

    return gate.in_force().in_force[1].collect[point].keep.key_class


@contextmanager
def _quick() -> Iterator[None]:
    """Both stores without waiting for the disk while they are filled (SQLite)."""
    from django.db import connection

    from kept.vault.keystore import keystore

    connection.ensure_connection()
    found = [connection.connection, keystore().database]
    threads = getattr(found[1], "_threads", None)
    raw = [found[0], threads.get() if threads else None]
    lite = [one for one in raw if isinstance(one, sqlite3.Connection)]
    before = [(one, one.execute("PRAGMA synchronous").fetchone()[0]) for one in lite]
    for one in lite:
        one.execute("PRAGMA synchronous = OFF")
        one.execute("PRAGMA cache_size = -400000")
    yield
    for one, was in before:
        one.execute(f"PRAGMA synchronous = {was}")
        one.execute("PRAGMA cache_size = -2000")
        one.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _fill(model: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Write rows (field name -> value) of `model`, everything else by its default."""
    from django.db import connection

    fields = model._meta.concrete_fields
    constant = {field.name: field.get_default() for field in fields}
    adapt = [(field.name, _adapter(field, connection)) for field in fields]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    made = (
        tuple([make(row[name] if name in row else constant[name]) for name, make in adapt])
        for row in rows
    )
    table = model._meta.db_table
    with _without_indices(table), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
                for row in made:
                    copy.write_row(row)
        else:
            marks = ", ".join("?" * len(fields))
            raw = connection.connection
            while some := list(islice(made, _CHUNK)):
                raw.execute("BEGIN")
                raw.executemany(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', some)
                raw.execute("COMMIT")
        cursor.execute(f'ANALYZE "{table}"')


def _adapter(field: Any, connection: Any) -> Any:
    """How a value becomes what the driver takes."""
    from django.db.models import DateField

    stored = field.target_field if field.is_relation else field
    if stored.get_internal_type() == "UUIDField":
        return (lambda value: value) if connection.vendor == "postgresql" else _hex
    if connection.vendor == "sqlite" and isinstance(field, DateField):
        return date.isoformat
    return lambda value: value


def _hex(value: UUID | None) -> str | None:
    return None if value is None else value.hex


@contextmanager
def _without_indices(table: str) -> Iterator[None]:
    """Indices (not constraints) dropped and made again afterwards, sorted instead of one by one."""
    from django.db import connection

    lite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        if lite:
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s "
                "AND sql IS NOT NULL",
                [table],
            )
        else:
            cursor.execute(
                "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT "
                "IN (SELECT conname FROM pg_constraint)",
                [table],
            )
        known = cursor.fetchall()
        for name, _ in known:
            cursor.execute(f'DROP INDEX "{name}"')
        yield
        for _, sql in known:
            cursor.execute(sql)


def digest(people: People) -> str:
    """What was made, in one word: the same seed and sizes give the same."""
    whole = hashlib.blake2b(people.ids, digest_size=16)
    for row, owner, _, values in islice(_rows(people), 10_000):
        whole.update(row.bytes + owner.to_bytes(4, "big") + repr(values).encode())
    return whole.hexdigest()

"""Sealed files: in bounded memory, whole or an error, within a scope only."""

import io
import secrets
import shutil
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kept import gate, ledger, vault
from kept._kit import clock
from kept._kit.crypto import TAG_BYTES, Cipher, new_key
from kept.vault import erasing, files
from kept.vault.errors import NotAuthenticError, NotStoredError
from kept.vault.files import stream
from kept.vault.keystore import SubjectKey
from kept.vault.models import SealedFile
from tests.vault import catalogue as c

KEY = SubjectKey(uuid4().bytes, uuid4().bytes, "p2y", Cipher(new_key()))
FILE = uuid4()


def sealed(*pieces: bytes) -> bytes:
    return b"".join(stream.seal(pieces, FILE, KEY))


def unsealed(data: bytes, file: UUID = FILE, key: SubjectKey = KEY) -> bytes:
    source = io.BytesIO(data)
    header = source.read(stream.HEADER)
    assert stream.key_id(header, "x") == key.id
    return b"".join(stream.open(source, header, file, key))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 3 * stream.PART), max_size=4))
def test_any_pieces_come_back_as_the_same_bytes(sizes: list[int]):
    pieces = [secrets.token_bytes(size) for size in sizes]
    assert unsealed(sealed(*pieces)) == b"".join(pieces)


@pytest.mark.parametrize("parts", [0, 1, 2, 3])
@pytest.mark.parametrize("more", [-1, 0, 1])
def test_the_edges_of_parts(parts: int, more: int):
    data = secrets.token_bytes(max(0, parts * stream.PART + more))
    assert unsealed(sealed(data)) == data


PART = stream.PART + TAG_BYTES


def parts_of(data: bytes) -> list[bytes]:
    body = data[stream.HEADER :]
    return [data[: stream.HEADER], *(body[at : at + PART] for at in range(0, len(body), PART))]


def damaged(data: bytes) -> dict[str, bytes]:
    header, first, second, last = parts_of(data)
    other = parts_of(sealed(secrets.token_bytes(3 * stream.PART - 9)))
    return {
        "cut inside a part": data[:-1],
        "cut at a part": header + first + second,
        "cut to the header": header,
        "two parts swapped": header + second + first + last,
        "a part left out": header + first + last,
        "a part twice": header + first + first + second + last,
        "continued": data + b"x",
        "continued by a part": data + last,
        "a part of another file": header + other[1] + second + last,
        "another file's header": other[0] + first + second + last,
        "a bit changed": data[:-20] + bytes([data[-20] ^ 1]) + data[-19:],
        "a bit of the header changed": bytes([*header[:-1], header[-1] ^ 1]) + data[len(header) :],
    }


DATA = secrets.token_bytes(3 * stream.PART - 9)
DAMAGES = damaged(sealed(DATA))


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_stream_is_a_clear_error(damage: str):
    with pytest.raises(NotAuthenticError, match="V002"):
        unsealed(DAMAGES[damage])


def test_a_stream_opens_for_no_other_file_or_subject():
    data = sealed(b"x")
    with pytest.raises(NotAuthenticError):
        unsealed(data, file=uuid4())
    with pytest.raises(NotAuthenticError):
        unsealed(data, key=SubjectKey(KEY.id, uuid4().bytes, KEY.keep, KEY.cipher))


@pytest.mark.parametrize("junk", [b"", b"KF1", b"PK\3\4" * 40])
def test_junk_is_no_sealed_file(junk: bytes):
    with pytest.raises(NotAuthenticError, match="V003"):
        stream.key_id(junk[: stream.HEADER], "x")


class Piped(io.RawIOBase):
    """Reads what an iterator gives, so that no test needs room for the whole."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces, self.rest = pieces, b""

    def read(self, size: int = -1) -> bytes:
        while len(self.rest) < size and (piece := next(self.pieces, b"")):
            self.rest += piece
        given, self.rest = self.rest[:size], self.rest[size:]
        return given


def test_a_gigabyte_is_sealed_and_opened_in_a_few_megabytes():
    block, many = secrets.token_bytes(1 << 20), 1 << 10
    tracemalloc.start()
    piped = Piped(stream.seal((block for _ in range(many)), FILE, KEY))
    size = 0
    for piece in stream.open(piped, piped.read(stream.HEADER), FILE, KEY):
        at = size % len(block)
        assert piece == block[at : at + len(piece)]
        size += len(piece)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size == many << 20
    assert peak < 8 << 20


# stored


def put(subject: Any, content: bytes = b"content", **more: Any) -> SealedFile:
    given = {"point": "inquiry", "category": "communication.message", "name": "cv.pdf"}
    return files.store([content], subject=subject.pk, **{**given, **more})


@pytest.fixture
def zoe() -> Any:
    shutil.rmtree(files.path_of(uuid4()).parents[1], ignore_errors=True)
    return vault.make()


stored = pytest.mark.django_db(transaction=True)


@stored
def test_a_stored_file_is_sealed_with_its_name_and_opens_in_a_scope(zoe: Any):
    canary = secrets.token_hex(12).encode() * 9000
    with gate.purpose("serve"):
        row = put(zoe, canary, name=f"{canary[:24].decode()}.pdf", media_type="application/pdf")
        assert canary[:24] not in files.path_of(row.pk).read_bytes()
        with files_open(row) as opened:
            assert opened.name == f"{canary[:24].decode()}.pdf"
            assert opened.media_type == "application/pdf"
            assert b"".join(opened.parts) == canary
    assert c.files_with(canary[:24].decode()) == []
    assert files.path_of(row.pk).stat().st_mode & 0o077 == 0


class files_open:
    def __init__(self, row: SealedFile) -> None:
        self.opened = files.open(SealedFile.objects.get(pk=row.pk))

    def __enter__(self) -> files.OpenedFile:
        return self.opened

    def __exit__(self, *_: object) -> None:
        self.opened.parts.close()  # type: ignore[attr-defined]


@stored
def test_outside_a_scope_and_where_the_gate_denies_nothing_is_given(zoe: Any):
    with gate.purpose("serve"):
        row = put(zoe)
    with pytest.raises(gate.SealedError, match="G001"):
        files.open(row)
    with gate.purpose("news"), pytest.raises(gate.SealedError, match="G002"):
        files.open(row)


@stored
def test_reading_on_after_the_scope_has_ended_is_refused(zoe: Any):
    with gate.purpose("serve"):
        row = put(zoe, b"x" * 200_000)
        opened = files.open(row)
        assert next(opened.parts)
    with pytest.raises(gate.SealedError):
        list(opened.parts)


@stored
def test_what_may_not_be_collected_is_not_stored(zoe: Any):
    with pytest.raises(NotStoredError, match="V010"):
        put(zoe)
    with gate.purpose("serve"), pytest.raises(NotStoredError, match="V010"):
        put(zoe, category="identity.picture")
    with gate.purpose("serve"), pytest.raises(ZeroDivisionError):
        files.store(
            (1 // 0 for _ in "x"),  # type: ignore[misc]
            subject=zoe.pk, point="inquiry", category="communication.message", name="x",
        )  # fmt: skip
    assert not SealedFile.objects.exists()
    assert [path for path in files.path_of(uuid4()).parents[1].rglob("*") if path.is_file()] == []


@stored
def test_staff_openings_are_recorded_first(zoe: Any, monkeypatch: pytest.MonkeyPatch):
    from kept.vault.files import storing

    told: list[Any] = []
    monkeypatch.setattr(storing.ledger, "record_now", lambda *one: told.append(one))
    with gate.purpose("serve", actor=gate.Actor("staff", "7")), files_open(put(zoe)):
        pass
    event = ledger.Opened(
        purpose="serve", actor="staff", by="7", categories=("communication.message",)
    )
    assert told == [(event, zoe.pk)]


@stored
def test_an_erasure_closes_and_removes_files(zoe: Any):
    with gate.purpose("serve"):
        row = put(zoe)
    erasing.erase_keys(zoe.pk)
    with gate.purpose("serve"), pytest.raises(gate.SealedError):
        files.open(row)
    assert files.path_of(row.pk).exists()
    assert erasing.purge(zoe.pk).done
    assert not files.path_of(row.pk).exists()


@stored
def test_orphans_are_swept_and_nothing_else(zoe: Any):
    with gate.purpose("serve"):
        row = put(zoe)
        orphan = put(zoe)
    SealedFile.objects.filter(pk=orphan.pk)._raw_delete("default")
    assert files.sweep() == 0
    with clock.only_for_testing_at(clock.now() + timedelta(days=2)):
        assert files.sweep() == 1
    assert files.path_of(row.pk).exists()
    assert not files.path_of(orphan.pk).exists()
    row.delete()


@stored
def test_a_file_that_goes_away_while_it_is_looked_at_does_not_stop_the_sweep(zoe: Any):
    with gate.purpose("serve"):
        orphan = put(zoe)
    SealedFile.objects.filter(pk=orphan.pk)._raw_delete("default")
    gone = files.path_of(uuid4())  # listed, and not there when it is asked for its age
    gone.parent.mkdir(exist_ok=True)
    gone.symlink_to(gone.with_name("nothing"))
    try:
        with clock.only_for_testing_at(clock.now() + timedelta(days=2)):
            assert files.sweep() == 1
    finally:
        gone.unlink()

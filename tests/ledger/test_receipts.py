"""Receipts, forgetting, export and the auditor's check: proofs that need no database of ours."""

import base64
import json
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import transaction

from kept._kit import clock
from kept._kit.errors import KeptError
from kept.ledger import (
    Collected,
    LogError,
    Opened,
    PolicyAdopted,
    audit_export,
    check_whole,
    export,
    forget,
    forget_many,
    read_receipt,
    receipt_of,
    receipts_about,
    record,
    record_many,
    record_now,
    sequence_once,
    status,
    verifier,
    verify_receipt,
)
from kept.ledger.log import layout
from kept.ledger.log.errors import CONSISTENCY, EXPORT, NOTE, ORIGIN, SIZES
from kept.ledger.store import Store, batches, recorded, store

ORIGIN_NAME = "localhost/kept-ledger"
COLLECTED = Collected("inquiry", 0, ("contact.email",))
OPENED = Opened("answer-inquiry", "staff", ("contact.email",))
ADOPTED = PolicyAdopted(3, "0" * 64)


def _fill(*counts: int) -> None:
    for count in counts:
        with transaction.atomic():
            record_many([(COLLECTED, uuid4()) for _ in range(count)])
        sequence_once()


def _verified(data: bytes):
    return verify_receipt(read_receipt(data), [verifier(status().key)], ORIGIN_NAME)


def test_a_receipt_proves_its_event(ledger):
    subject = uuid4()
    _fill(3, 300)
    with transaction.atomic():
        mark = record(COLLECTED, subject)
    sequence_once()
    _fill(40)
    proven = _verified(receipt_of(mark))
    assert json.loads(proven.event) == {
        "kind": "Collected", "point": "inquiry", "version": 0, "categories": ["contact.email"],
    }  # fmt: skip
    assert proven.checkpoint.size == status().size
    assert proven.day == clock.today()


def test_every_receipt_of_a_subject_and_of_no_one_else(ledger):
    subject = uuid4()
    _fill(20)
    for days in (0, 1, 2):
        with clock.only_for_testing_at(clock.now() + timedelta(days=days)):
            record_now(OPENED, subject)
            record_now(OPENED, uuid4())
            sequence_once()
    found = [_verified(one) for one in receipts_about(subject)]
    assert len({one.index for one in found}) == 3
    assert [one.day for one in found] == [clock.today() + timedelta(days=n) for n in range(3)]
    assert receipts_about(uuid4()) == []


def test_there_is_no_receipt_before_the_leaf(ledger):
    with pytest.raises(KeptError, match="L011"):
        receipt_of(record_now(OPENED, uuid4()))


def test_a_receipt_is_found_though_a_clock_stood_ahead(ledger):
    _fill(3)
    with clock.only_for_testing_at(clock.now() + timedelta(days=1)):
        mark = record_now(OPENED, uuid4())
    sequence_once()
    assert _verified(receipt_of(mark)).day == clock.today() + timedelta(days=1)


def test_many_are_forgotten_in_one_transaction_and_nobody_else(ledger, monkeypatch):
    people = [uuid4() for _ in range(5)]
    for one in (*people, *people[:2]):
        record_now(OPENED, one)
    _fill(2)
    for one in people[:4]:
        ledger.destroy(one)
    begun: list[str] = []
    run = Store._run
    monkeypatch.setattr(
        Store, "_run", lambda self, sql, values=(): begun.append(sql) or run(self, sql, values)
    )
    assert forget_many(people[:4]) == 6
    assert len([sql for sql in begun if sql.startswith("BEGIN")]) == 1
    assert [len(recorded.about(store(), one)) for one in people] == [0, 0, 0, 0, 1]
    assert check_whole().findings == []


def test_a_leaf_outlives_its_subject_and_means_nothing(ledger):
    """After erasure the receipt that was handed out still verifies; no other can be made."""
    subject = uuid4()
    mark = record_now(OPENED, subject)
    _fill(5)
    held = receipt_of(mark)
    ledger.destroy(subject)
    with pytest.raises(KeptError, match="L011"):
        receipt_of(mark)
    assert receipts_about(subject) == []
    assert forget(subject) == 1
    assert recorded.about(store(), subject) == []
    assert subject.bytes not in b"".join(
        bytes(value) for row in store().rows("SELECT mark, body, mac FROM entry") for value in row
    )
    _fill(5)
    _verified(held)
    assert check_whole().findings == []
    assert forget(subject) == 0


def test_an_export_satisfies_an_auditor(ledger, tmp_path: Path):
    _fill(3, 300)
    kept = status().checkpoint.encode()
    record_now(ADOPTED, None)
    _fill(250)
    size = export(tmp_path / "log")
    found = audit_export(tmp_path / "log", [verifier(status().key)], ORIGIN_NAME, [kept])
    assert found.checkpoint.size == size == status().size
    assert found.checkpoints == 3
    assert [json.loads(text)["kind"] for text in found.open] == ["PolicyAdopted"]


def test_an_export_names_its_files_as_the_specification_does():
    assert layout.tile_path(0, 1234067, 256) == "tile/0/x001/x234/067"
    assert layout.tile_path(1, 0, 17) == "tile/1/000.p/17"
    assert layout.entries_path(273, 112) == "tile/entries/273.p/112"
    # a tree of 70,000 leaves, from the specification
    assert list(layout.widths(0, 70_000))[-1] == (273, 112)
    assert [list(layout.widths(level, 70_000))[-1] for level in (1, 2)] == [(1, 17), (0, 1)]


def test_nothing_about_a_person_leaves_in_an_export(ledger, tmp_path: Path):
    subject = uuid4()
    record_now(OPENED, subject)
    _fill(10)
    export(tmp_path / "log")
    data = b"".join(path.read_bytes() for path in (tmp_path / "log").rglob("*") if path.is_file())
    for trace in (subject.bytes, str(subject).encode(), subject.hex.encode(), b"answer-inquiry"):
        assert trace not in data
    for entry in recorded.page(store(), b"", 99):
        assert entry.mark not in data
        assert entry.body not in data


def test_an_export_needs_a_checkpoint_and_an_empty_folder(ledger, tmp_path: Path):
    with pytest.raises(KeptError, match="L011"):
        export(tmp_path / "log")
    _fill(1)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "something").touch()
    with pytest.raises(KeptError, match="L012"):
        export(tmp_path / "full")


def _spoil(path: str, change):
    def spoil(folder: Path) -> None:
        found = folder / path
        found.write_bytes(change(found.read_bytes()))

    return spoil


def _shifted(data: bytes) -> bytes:
    """The same bytes behind the commitment, with the nonce's end a byte later."""
    one = json.loads(data)
    plain = base64.b64decode(one["nonce"]) + one["event"].encode()
    one |= {"nonce": base64.b64encode(plain[:33]).decode(), "event": plain[33:].decode()}
    return json.dumps(one).encode() + b"\n"


SPOILED = {
    "leaf-edited": (EXPORT, _spoil("tile/entries/000", lambda data: data[:9] + b"xx" + data[11:])),
    "leaf-removed": (EXPORT, _spoil("tile/entries/000", lambda data: data[39:])),
    "leaf-length": (EXPORT, _spoil("tile/entries/000", lambda data: b"\0\x24" + data[2:])),
    "tile-edited": (EXPORT, _spoil("tile/1/000.p/1", lambda data: bytes(32))),
    "tile-with-trailing-bytes": (EXPORT, _spoil("tile/1/000.p/1", lambda data: data + b"x")),
    "tile-missing": (EXPORT, lambda folder: (folder / "tile/0/000").unlink()),
    "checkpoint-missing": (EXPORT, lambda folder: (folder / "checkpoint").unlink()),
    "checkpoint-edited": (NOTE, _spoil("checkpoint", lambda data: data + b"x")),
    "checkpoints-not-texts": (EXPORT, _spoil("checkpoints", lambda data: b"1\n")),
    "event-edited": (EXPORT, _spoil("open", lambda data: data.replace(b"3", b"4"))),
    "event-of-another-leaf": (
        EXPORT,
        _spoil("open", lambda data: data.replace(b'"index": ', b'"index": 1')),
    ),
    "event-before-the-first-leaf": (
        EXPORT,
        _spoil("open", lambda data: data + data.replace(b'"index": ', b'"index": -')),
    ),
    "event-begun-in-the-nonce": (EXPORT, _spoil("open", _shifted)),
    "event-twice": (EXPORT, _spoil("open", lambda data: data + data)),
    "event-nested-without-end": (EXPORT, _spoil("open", lambda data: b"[" * 100_000)),
    "checkpoints-nested-without-end": (EXPORT, _spoil("checkpoints", lambda _: b"[" * 100_000)),
    "event-not-json": (EXPORT, _spoil("open", lambda data: b"x\n")),
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_spoiled_export_is_refused(ledger, tmp_path: Path, name):
    record_now(ADOPTED, None)
    _fill(300)
    export(tmp_path / "log")
    code, spoil = SPOILED[name]
    spoil(tmp_path / "log")
    with pytest.raises(LogError) as told:
        audit_export(tmp_path / "log", [verifier(status().key)], ORIGIN_NAME)
    assert told.value.code == code


def test_an_auditor_who_kept_a_checkpoint_notices_a_roll_back_and_a_fork(ledger, tmp_path: Path):
    _fill(3)
    export(tmp_path / "old")
    _fill(3)
    newer = status().checkpoint.encode()
    trusted = [verifier(status().key)]
    with pytest.raises(LogError) as told:
        audit_export(tmp_path / "old", trusted, ORIGIN_NAME, [newer])
    assert told.value.code == SIZES
    size = batches.latest(store()).size
    for table in ("entry", "bundle", "tile", "batch"):
        store().run(f"DELETE FROM {table}")
    from kept.ledger.models import Head

    Head.objects.all().delete()
    while status().size < size:
        _fill(3)
    export(tmp_path / "fork")
    with pytest.raises(LogError) as told:
        audit_export(tmp_path / "fork", trusted, ORIGIN_NAME, [newer])
    assert told.value.code == CONSISTENCY
    with pytest.raises(LogError) as told:
        audit_export(tmp_path / "fork", trusted, "another/log")
    assert told.value.code == ORIGIN

"""Every edit by SQL, every roll-back and every fork is found, at start and by a whole check."""

import shutil
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import transaction

from kept._kit import clock
from kept.ledger import (
    Collected,
    Opened,
    PolicyAdopted,
    record,
    record_many,
    record_now,
    sequence_once,
    signing,
)
from kept.ledger import (
    check_at_start as at_start,
)
from kept.ledger import (
    check_whole as whole,
)
from kept.ledger import (
    publish_checkpoint as publish,
)
from kept.ledger.log import checkpoint
from kept.ledger.models import Head, Outbox
from kept.ledger.store import batches, connect, leaves, recorded, store

COLLECTED = Collected("inquiry", 0, ("contact.email",))
OPENED = Opened("answer-inquiry", "staff", ("contact.email",))
ADOPTED = PolicyAdopted(0, "0" * 64)


def _record(count: int) -> None:
    with transaction.atomic():
        record_many([(COLLECTED, uuid4()) for _ in range(count)])


@pytest.fixture
def filled(ledger):
    """A log of four batches with full and partial tiles, and entries that wait."""
    for count in (3, 270, 20, 5):
        _record(count)
        sequence_once()
    with transaction.atomic():
        record(ADOPTED, None)
    sequence_once()
    sequence_once()
    publish()
    _record(2)
    record_now(OPENED, uuid4())
    return ledger


def _codes(check: Callable) -> set[str]:
    return {finding.code.id for finding in check().findings}


@pytest.mark.parametrize("check", [at_start, whole])
def test_an_untouched_log_has_no_findings_and_something_was_looked_at(filled, check):
    report = check()
    assert report.findings == []
    for what in ("batches", "leaves", "entries", "waiting", "databases", "anchors"):
        assert report.checked[what] > 0, what
    if check is whole:
        assert report.checked["opened"] == 299
        assert report.checked["entries"] == 299


def _sql(text: str, *values: object) -> Callable[[], object]:
    return lambda: store().run(text, values)


def _leaf(change: Callable[[bytes], bytes]) -> Callable[[], None]:
    def edit() -> None:
        data = change(leaves.bundle(store(), 1))
        store().run("UPDATE bundle SET leaves = %s WHERE number = 1", (data,))

    return edit


def _other_note() -> None:
    """A checkpoint of our tree, signed with another key under our name."""
    last = batches.latest(store())
    other = signing.Signer("localhost/kept-ledger", bytes(32))
    head = checkpoint.Checkpoint("localhost/kept-ledger", last.size, last.root)
    store().run(
        "UPDATE batch SET note = %s WHERE number = %s", (checkpoint.sign(head, other), last.number)
    )


def _swap_subjects() -> None:
    one, two = [entry for entry in recorded.page(store(), b"", 9) if entry.subject][:2]
    sql = "UPDATE entry SET subject = %s WHERE mark = %s"
    store().run(sql, (one.subject, two.mark))
    store().run(sql, (two.subject, one.mark))


EDITS = {
    "waiting-body": ("L020", lambda: Outbox.objects.update(body=b"another")),
    "waiting-subject": ("L020", lambda: Outbox.objects.update(subject=uuid4())),
    "waiting-in-the-inbox": ("L020", _sql("UPDATE inbox SET day = day + 1")),
    "entry-body": ("L021", _sql("UPDATE entry SET body = mark")),
    "entry-day": ("L021", _sql("UPDATE entry SET day = day - 1")),
    "entry-subjects-swapped": ("L021", _swap_subjects),
    "entry-blanked": ("L021", _sql("UPDATE entry SET body = %s, subject = NULL", b"")),
    "entries-deleted": ("L022", _sql("DELETE FROM entry WHERE subject IS NULL")),
    "entry-added": (
        "L022",
        _sql("INSERT INTO entry SELECT mac, NULL, day, %s, mac FROM entry LIMIT 1", b"x"),
    ),
    "leaf-flipped": ("L023", _leaf(lambda data: bytes([data[0], data[1] ^ 1]) + data[2:])),
    "leaves-swapped": ("L023", _leaf(lambda data: data[37:74] + data[:37] + data[74:])),
    "leaf-removed": ("L023", _leaf(lambda data: data[37:])),
    "bundle-deleted": ("L023", _sql("DELETE FROM bundle WHERE number = 0")),
    "leaf-appended": ("L023", _leaf(lambda data: data + data[:37])),
    "bundle-added": ("L023", _sql("INSERT INTO bundle VALUES (99, %s)", b"x")),
    "tile-edited": ("L023", _sql("UPDATE tile SET hashes = %s", bytes(64))),
    "tile-deleted": ("L023", _sql("DELETE FROM tile")),
    "tile-added": ("L023", _sql("INSERT INTO tile VALUES (1, 9, %s)", bytes(32))),
    "checkpoint-edited": ("L024", _sql("UPDATE batch SET note = replace(note, '.', '/') || note")),
    "checkpoint-of-another-key": ("L024", _other_note),
    "checkpoint-of-another-size": (
        "L024",
        _sql("UPDATE batch SET note = (SELECT note FROM batch WHERE number = 1)"),
    ),
    "batch-edited": ("L031", _sql("UPDATE batch SET events = events + 1 WHERE number = 2")),
    "batch-deleted": ("L031", _sql("DELETE FROM batch WHERE number = 2")),
    "note-of-a-memory-edited": ("L035", _sql("UPDATE seen SET batch = batch - 1")),
    "note-of-a-memory-deleted": ("L035", _sql("DELETE FROM seen")),
    "memory-edited": ("L028", lambda: Head.objects.update(size=3)),
    "tree-rolled-back": ("L025", _sql("DELETE FROM batch WHERE number = 5")),
}


@pytest.mark.parametrize("check", [at_start, whole])
@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_found(filled, name, check):
    code, edit = EDITS[name]
    edit()
    assert code in _codes(check)


@pytest.mark.parametrize("check", [at_start, whole])
def test_what_was_set_aside_cannot_be_thrown_away(filled, check):
    """An entry was edited and set aside; emptying that table does not hide it: the log knows."""
    Outbox.objects.update(body=b"another")
    sequence_once()
    assert "L020" in _codes(check)
    store().run("DELETE FROM refused")
    told = [str(finding) for finding in check().findings]
    assert len(told) == 1
    assert "`2` entries that were set aside are gone" in told[0]


def test_an_edited_leaf_is_told_once_and_with_its_place(filled):
    EDITS["leaf-flipped"][1]()
    told = [str(finding) for finding in whole().findings if finding.code.id == "L023"]
    assert len(told) == 1
    assert "leaves `" in told[0]


def _snapshot(place: str, folder: Path) -> Callable[[], None]:
    """A copy of the ledger's database, and how to bring it back."""
    tables = ("entry", "bundle", "tile", "batch", "seen", "anchored", "inbox", "refused")
    if not place.startswith("postgresql://"):
        store().rows("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copytree(place, folder)

        def back() -> None:
            connect.forget()
            shutil.rmtree(place)
            shutil.copytree(folder, place)

        return back
    held = {table: store().rows(f"SELECT * FROM {table}") for table in tables}

    def back() -> None:
        for table, rows in held.items():
            store().run(f"DELETE FROM {table}")
            if rows:
                places = ", ".join(["%s"] * len(rows[0]))
                store().run_many(f"INSERT INTO {table} VALUES ({places})", rows)

    return back


@pytest.mark.parametrize("check", [at_start, whole])
def test_a_rolled_back_tree_is_found_by_the_data_database(filled, place, tmp_path, check):
    back = _snapshot(place, tmp_path / "copy")
    sequence_once()
    back()
    told = [str(finding) for finding in check().findings]
    assert len(told) == 1
    assert told[0].startswith("L025 The tree was rolled back: database `default` saw a tree of")


@pytest.mark.parametrize("check", [at_start, whole])
def test_a_rolled_back_tree_and_data_are_found_by_an_anchor(
    filled, place, tmp_path, settings, check
):
    settings.KEPT = {**settings.KEPT, "ANCHORS": [f"file:{tmp_path}/elsewhere"]}
    head = Head.objects.values().get()
    back = _snapshot(place, tmp_path / "copy")
    sequence_once()
    assert publish() == []
    back()
    Outbox.objects.all().delete()
    Head.objects.update(**head)
    told = sorted(str(finding) for finding in check().findings)
    assert len(told) == 2
    assert "anchor `file:" in told[0]
    assert "anchor `witness` holds a checkpoint of" in told[1]
    assert "but" not in told[1]
    shutil.rmtree(tmp_path / "secret" / "ledger" / "witness")
    assert _codes(check) == {"L025"}
    shutil.rmtree(tmp_path / "elsewhere")
    assert _codes(check) == set(), "without any memory outside, a whole roll-back leaves no trace"


@pytest.mark.parametrize("check", [at_start, whole])
def test_a_forked_log_is_found_by_data_and_anchors(filled, place, tmp_path, check):
    """The same events sequenced again make another tree: covers and nonces are random."""
    back = _snapshot(place, tmp_path / "copy")
    sequence_once()
    publish()
    size = batches.latest(store()).size
    back()
    head = Head.objects.values().get()
    Head.objects.all().delete()
    store().run("DELETE FROM seen")
    while (last := batches.latest(store())).size < size:
        record_now(OPENED, uuid4())
        sequence_once()
    Head.objects.update(**head)
    told = {finding.code.id: str(finding) for finding in check().findings}
    assert "L026" in told
    assert "another tree of" in told["L026"]
    assert last.size >= size


@pytest.mark.parametrize("check", [at_start, whole])
def test_a_rolled_back_data_database_is_found(filled, check):
    old = Head.objects.values().get()
    for _ in range(2):
        _record(4)
        sequence_once()
    sequence_once()
    Head.objects.update(**old)
    told = [str(finding) for finding in check().findings]
    assert len(told) == 1
    assert told[0].startswith("L027 The data database was rolled back: `default` remembers")
    assert "`11` recorded events came after it" in told[0]
    sequence_once()
    assert _codes(check) == set(), "the log itself now says that it was restored"


@pytest.mark.parametrize("check", [at_start, whole])
@pytest.mark.parametrize("how", ["deleted", "an older one"])
def test_a_rolled_back_data_database_is_found_without_the_note_of_it(filled, check, how):
    """Whoever also takes the ledger's note away, or puts back the one of that time, is found."""
    old = Head.objects.values().get()
    noted = store().row("SELECT batch, noted, mac FROM seen")
    for _ in range(3):
        _record(4)
        sequence_once()
    Head.objects.update(**old)
    if how == "deleted":
        store().run("DELETE FROM seen")
    else:
        store().run("UPDATE seen SET batch = %s, noted = %s, mac = %s", noted)
    assert "L035" in _codes(check)
    sequence_once()
    clear = [bytes(one.body) for one in recorded.about_no_one(store())]
    assert sum(b'"RestoredFrom"' in body for body in clear) == 1
    assert sum(b'"Refused"' in body for body in clear) == 1
    assert _codes(check) == set(), "the log itself now says both"


def test_an_anchor_never_goes_back(filled, place, tmp_path, settings):
    settings.KEPT = {**settings.KEPT, "ANCHORS": [f"file:{tmp_path}/elsewhere"]}
    back = _snapshot(place, tmp_path / "copy")
    sequence_once()
    publish()
    newer = (tmp_path / "elsewhere" / "checkpoint").read_text()
    back()
    failed = publish()
    assert any("elsewhere" in one and "L025" in one for one in failed)
    assert (tmp_path / "elsewhere" / "checkpoint").read_text() == newer


def test_the_auditors_mail_goes_once_a_day(filled, settings, mailoutbox):
    settings.KEPT = {**settings.KEPT, "ANCHORS": ["mailto:auditor@example.org"]}
    publish()
    _record(1)
    sequence_once()
    publish()
    assert [mail.to for mail in mailoutbox] == [["auditor@example.org"]]
    assert mailoutbox[0].body in {batch.note for batch in batches.many(store(), 0, 99)}
    with clock.only_for_testing_at(clock.now().replace(year=clock.now().year + 1)):
        publish()
    assert len(mailoutbox) == 2


@pytest.mark.parametrize("text", ["file:relative", "mailto:nobody", "https://x", ""])
def test_an_unusable_anchor_is_refused(filled, settings, text):
    settings.KEPT = {**settings.KEPT, "ANCHORS": [text]}
    with pytest.raises(Exception, match="L010"):
        publish()


def test_an_anchor_that_cannot_be_reached_is_told_of_and_stops_nothing(filled, tmp_path, settings):
    (tmp_path / "a-file").write_text("")
    settings.KEPT = {
        **settings.KEPT,
        "ANCHORS": [f"file:{tmp_path}/a-file/x", f"file:{tmp_path}/elsewhere"],
    }
    (failed,) = publish()
    assert "a-file" in failed
    assert (tmp_path / "elsewhere" / "checkpoint").exists()


def test_slices_come_round_to_every_part_of_the_log(filled):
    from kept.ledger import checking

    EDITS["leaf-flipped"][1]()
    EDITS["entry-day"][1]()
    found: set[str] = set()
    slices = checking.slices()
    for _ in range(4):
        found |= {finding.code.id for finding in next(slices).findings}
    assert found == {"L021", "L023"}
    assert sum(next(slices).checked["entries"] for _ in range(2)) > 0  # one may end the round


def test_what_a_start_looks_at_does_not_grow_with_the_log(filled, monkeypatch):
    from kept.ledger.checking import rounds

    monkeypatch.setattr(rounds, "RECENT", 10)
    monkeypatch.setattr(rounds, "SAMPLE", 30)
    report = at_start()
    assert report.findings == []
    assert report.checked["leaves"] < 40
    assert report.checked["entries"] <= 30

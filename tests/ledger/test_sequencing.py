"""The sequencer: everything that was recorded becomes exactly one leaf, whatever happens."""

import threading
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from kept._kit.errors import KeptError
from kept.ledger import (
    Collected,
    Opened,
    PolicyAdopted,
    keys,
    record,
    record_many,
    record_now,
    sequencing,
    signing,
)
from kept.ledger.log import checkpoint, leaf, tree
from kept.ledger.models import Head, Outbox
from kept.ledger.store import Store, batches, leaves, recorded, store
from tests.ledger import oracles
from tests.ledger.sealers import GcmSealer

COLLECTED = Collected("inquiry", 0, ("contact.email",))
OPENED = Opened("answer-inquiry", "staff", ("contact.email",))
ADOPTED = PolicyAdopted(0, "0" * 64)


def _record(count: int, subject: UUID | None = None) -> list[UUID]:
    with transaction.atomic():
        return record_many([(COLLECTED, subject or uuid4()) for _ in range(count)])


def _log(ledger: Store) -> list[bytes]:
    rows = ledger.rows("SELECT leaves FROM bundle ORDER BY number")
    return [one for row in rows for one in leaves.split(bytes(row[0]))]


def _marks(ledger: Store) -> list[UUID]:
    return [UUID(bytes=bytes(row[0])) for row in ledger.rows("SELECT mark FROM entry")]


def test_what_waits_becomes_leaves_and_leaves_the_outboxes(ledger):
    marks = {*_record(5), record_now(OPENED, uuid4())}
    assert sequencing.sequence_once() == 6
    assert set(_marks(store())) == marks
    assert Outbox.objects.count() == 0
    assert store().row("SELECT count(*) FROM inbox") == (0,)
    assert sequencing.sequence_once() == 0


def test_the_checkpoint_is_signed_over_the_rfcs_root(ledger):
    for count in (1, 300, 7):
        _record(count)
        sequencing.sequence_once()
    batch = batches.latest(store())
    log = _log(store())
    assert len(log) == batch.size
    verifier = signing.Verifier(signing.Signer("localhost/kept-ledger", keys.signing_seed()).public)
    head = checkpoint.verify(batch.note.encode(), [verifier], "localhost/kept-ledger")
    assert (head.size, head.root) == (batch.size, oracles.root(log))
    assert tree.root(leaves.StoredTiles(store()), batch.size) == oracles.root(log)


def test_each_entry_has_its_leaf_and_the_rest_are_covers(ledger):
    _record(40)
    sequencing.sequence_once()
    log = set(_log(store()))
    for entry in next(recorded.walk(store())):
        plain = ledger.open(UUID(bytes=entry.subject), entry.body).rstrip()
        assert leaf.encode(entry.day, leaf.commit(plain)) in log
        log.discard(leaf.encode(entry.day, leaf.commit(plain)))
    assert 4 <= len(log) < 8


def test_leaves_stand_in_the_order_of_their_commitments_within_a_batch(ledger):
    _record(100)
    sequencing.sequence_once()
    commitments = [one[-32:] for one in _log(store())]
    assert commitments == sorted(commitments)


def test_a_batch_has_a_limit_and_the_rest_follows(ledger):
    _record(25)
    assert [sequencing.sequence_once(10) for _ in range(4)] == [10, 10, 5, 0]
    assert len(set(_marks(store()))) == 25


def test_uncommitted_entries_are_left_alone(ledger):
    """What a transaction has not committed may still be rolled back."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer; the sequencer's own write waits for it")
    done = threading.Event()
    taken = []

    def sequence() -> None:
        taken.append(sequencing.sequence_once())
        done.set()
        connection.close()

    with transaction.atomic():
        record(COLLECTED, uuid4())
        thread = threading.Thread(target=sequence)
        thread.start()
        assert done.wait(30)
        thread.join()
    assert taken == [0]
    assert sequencing.sequence_once() == 1


def test_two_sequencers_and_a_writer_at_once_lose_and_double_nothing(ledger):
    recorded_marks: set[UUID] = set()
    stop = threading.Event()
    failures: list[BaseException] = []

    def run(work) -> None:
        try:
            work()
        except BaseException as error:
            failures.append(error)
        finally:
            stop.set()
            from kept.ledger.store import connect

            connection.close()
            connect.forget()

    def write() -> None:
        for _ in range(30):
            recorded_marks.update(_record(3))
            recorded_marks.add(record_now(OPENED, uuid4()))

    def sequence() -> None:
        while not stop.is_set() or sequencing.sequence_once(7):
            sequencing.sequence_once(7)

    threads = [threading.Thread(target=run, args=(work,)) for work in (write, sequence, sequence)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sequencing.sequence_once()
    assert failures == []
    marks = _marks(store())
    assert len(marks) == len(set(marks))
    assert set(marks) == recorded_marks
    assert Outbox.objects.count() == 0
    numbers = [row[0] for row in store().rows("SELECT number FROM batch ORDER BY number")]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(_log(store())) == batches.latest(store()).size
    assert all(b"Restored" not in bytes(row[0]) for row in store().rows("SELECT body FROM entry"))


def test_an_entry_whose_key_was_destroyed_while_it_waited_keeps_a_leaf(ledger):
    subject = uuid4()
    (mark,) = _record(1, subject)
    ledger.destroy(subject)
    assert sequencing.sequence_once() == 1
    entry = recorded.marked(store(), mark.bytes)
    assert (entry.subject, entry.body) == (None, b"")
    assert batches.latest(store()).events == 1


@pytest.mark.parametrize(
    "edit",
    [
        {"day": 1},
        {"body": b"another body"},
        {"subject": uuid4()},
        {"subject": None},
        {"mac": bytes(32)},
    ],
    ids=lambda edit: next(iter(edit)),
)
def test_an_edited_entry_is_set_aside_and_the_log_says_so(ledger, edit):
    marks = _record(2)
    Outbox.objects.filter(mark=marks[0].bytes).update(**edit)
    sequencing.sequence_once()
    assert store().row("SELECT count(*), min(place) FROM refused") == (1, "outbox")
    clear = [bytes(row[0]) for row in store().rows("SELECT body FROM entry WHERE subject IS NULL")]
    assert [b'"Refused"' in body for body in clear] == [True]
    assert marks[1] in _marks(store())
    assert Outbox.objects.count() == 0
    assert sequencing.sequence_once() == 0


def test_an_entry_with_another_ones_mark_is_set_aside(ledger):
    """An edit cannot make an entry look as if it were recorded already."""
    (old,) = _record(1)
    sequencing.sequence_once()
    (new,) = _record(1)
    Outbox.objects.filter(mark=new.bytes).update(mark=old.bytes)
    sequencing.sequence_once()
    assert store().row("SELECT count(*) FROM refused") == (1,)


def test_a_replayed_entry_is_not_appended_again(ledger):
    _record(1)
    (row,) = Outbox.objects.all()
    sequencing.sequence_once()
    size = batches.latest(store()).size
    row.save(force_insert=True)
    assert sequencing.sequence_once() == 1
    assert batches.latest(store()).size == size
    assert Outbox.objects.count() == 0


def _restore(rows: list[Outbox], head: dict | None) -> None:
    """The ledger's tables in the data database, as an older backup has them."""
    Outbox.objects.all().delete()
    Outbox.objects.bulk_create(rows)
    Head.objects.all().delete()
    if head:
        Head.objects.create(**head)


def test_a_restored_data_database_is_recognised_and_the_log_says_so_once(ledger):
    _record(3)
    sequencing.sequence_once()
    _record(2)
    backup = list(Outbox.objects.all()), Head.objects.values().get()
    old = batches.latest(store())
    sequencing.sequence_once()
    _record(4)
    sequencing.sequence_once()
    sequencing.sequence_once()
    before = len(_marks(store()))
    _restore(*backup)
    sequencing.sequence_once()
    sequencing.sequence_once()
    clear = [bytes(row[0]) for row in store().rows("SELECT body FROM entry WHERE subject IS NULL")]
    told = f'{{"kind":"RestoredFrom","store":"data","size":{old.size},"events":6}}'
    assert [body[32:].decode() for body in clear] == [told]
    assert len(_marks(store())) == before + 1


def test_a_data_database_without_memory_of_the_tree_is_a_restored_one(ledger):
    _record(3)
    sequencing.sequence_once()
    sequencing.sequence_once()
    _restore([], None)
    sequencing.sequence_once()
    assert store().row("SELECT count(*) FROM entry WHERE subject IS NULL") == (1,)


def test_an_edited_memory_of_the_tree_is_told_and_mended(ledger):
    _record(3)
    sequencing.sequence_once()
    sequencing.sequence_once()
    Head.objects.update(batch=77)
    sequencing.sequence_once()
    (body,) = store().row("SELECT body FROM entry WHERE subject IS NULL")
    assert b'"place":"head"' in bytes(body)
    assert Head.objects.get().batch == 2
    assert sequencing.sequence_once() == 0


def test_nothing_is_signed_over_a_rolled_back_tree(ledger):
    _record(3)
    sequencing.sequence_once()
    _record(3)
    sequencing.sequence_once()
    store().run("DELETE FROM batch WHERE number = 2")
    _record(1)
    with pytest.raises(KeptError, match="L025"):
        sequencing.sequence_once()
    assert batches.latest(store()).number == 1
    assert Outbox.objects.count() == 1


def test_nothing_is_signed_over_a_forked_tree(ledger):
    _record(3)
    sequencing.sequence_once()
    store().run("UPDATE batch SET root = %s", (bytes(32),))
    _record(1)
    with pytest.raises(KeptError, match="L026"):
        sequencing.sequence_once()


EDGES = {
    "leaf-edited": ("L023", "UPDATE bundle SET leaves = %s", bytes(7 * 37)),
    "leaves-gone": ("L023", "DELETE FROM bundle WHERE leaves <> %s", b""),
    "root-and-note-edited": ("L023", "UPDATE batch SET note = '', root = %s", bytes(32)),
    "size-edited": ("L023", "UPDATE batch SET mac = %s, note = '', size = size - 1", bytes(32)),
    "nothing-vouches": ("L031", "UPDATE batch SET note = '', mac = %s", bytes(32)),
}


@pytest.mark.parametrize("name", EDGES)
def test_nothing_is_signed_over_an_edited_tree(ledger, name):
    """An edit between two batches, which no data database remembers: it is not signed into one."""
    code, sql, value = EDGES[name]
    _record(3)
    sequencing.sequence_once()
    Head.objects.all().delete()  # as between a batch and what the data database notes of it
    store().run("DELETE FROM seen")
    store().run(sql, (value,))
    _record(1)
    with pytest.raises(KeptError, match=code):
        sequencing.sequence_once()
    assert batches.latest(store()).number == 1
    assert Outbox.objects.count() == 1


@pytest.mark.parametrize("field", ["note = ''", "events = events + 1"])
def test_one_voucher_of_two_is_enough_to_go_on(ledger, field):
    """A batch's code or its signed note: an edit of the other is found by checks, stops nothing."""
    _record(3)
    sequencing.sequence_once()
    store().run(f"UPDATE batch SET {field}")
    _record(1)
    assert sequencing.sequence_once() == 1


def test_the_sealers_batches_are_used_where_it_has_them(ledger):
    calls = []

    class Many(GcmSealer):
        def seal_many(self, plains):
            calls.append(-len(plains))
            return [self.seal(subject, data) for subject, data in plains]

        def open_many(self, sealed):
            calls.append(len(sealed))
            return [self.open(subject, data) for subject, data in sealed]

    from kept.ledger import sealing

    with sealing.only_for_testing(Many()):
        _record(12)
        sequencing.sequence_once()
    assert calls == [-12, 12]

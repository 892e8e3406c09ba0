"""The parsers: what is written is read back, everything else is refused with an error of ours."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kept.ledger import signing
from kept.ledger.log import audit, checkpoint, hashing, layout, leaf, note, receipt, tree
from kept.ledger.log.errors import LogError

SIGNER = signing.Signer("example.org/log", bytes(32))
VERIFIER = signing.Verifier(SIGNER.public)
FEW = settings(max_examples=150, deadline=None)

lines = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)
roots = st.binary(min_size=32, max_size=32)
days = st.dates(date(1970, 1, 1))


@given(st.lists(lines, min_size=1, max_size=5))
@FEW
def test_a_signed_note_is_read_back(texts):
    text = "\n".join(texts) + "\n"
    assert note.verify(note.sign(text, SIGNER).encode(), [VERIFIER]).text == text


@given(st.integers(1, 2**63 - 1), roots)
@FEW
def test_a_signed_checkpoint_is_read_back(size, root):
    made = checkpoint.Checkpoint("example.org/log", size, root)
    data = checkpoint.sign(made, SIGNER).encode()
    assert checkpoint.verify(data, [VERIFIER], "example.org/log") == made


@given(st.data(), st.integers(1, 2**40), roots)
@FEW
def test_a_checkpoint_with_one_byte_changed_is_refused(data, size, root):
    made = checkpoint.sign(checkpoint.Checkpoint("example.org/log", size, root), SIGNER).encode()
    at = data.draw(st.integers(0, len(made) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != made[at]))
    with pytest.raises(LogError):
        checkpoint.verify(
            made[:at] + bytes([other]) + made[at + 1 :], [VERIFIER], "example.org/log"
        )


@given(days, roots)
@FEW
def test_a_leaf_is_read_back(day, commitment):
    data = leaf.encode(leaf.days(day), commitment)
    assert len(data) == leaf.SIZE
    assert leaf.decode(data) == leaf.Leaf(day, commitment)


@given(st.binary(max_size=40))
@example(b"\2" + bytes(36))
@example(b"\1" + b"\xff" * 36)
@FEW
def test_a_leaf_has_one_spelling(data):
    try:
        found = leaf.decode(data)
    except LogError:
        return
    assert leaf.encode(leaf.days(found.day), found.commitment) == data


receipts = st.builds(
    receipt.Receipt,
    event=st.text(st.characters(exclude_categories=["Cs"])).map(str.encode),
    nonce=st.binary(max_size=40),
    day=days,
    index=st.integers(),
    proof=st.lists(roots, max_size=4).map(tuple),
    checkpoint=st.text(st.characters(exclude_categories=["Cs"])),
    key=st.text(st.characters(exclude_categories=["Cs"])),
)


@given(receipts)
@FEW
def test_a_receipt_is_read_back(made):
    assert receipt.loads(receipt.dumps(made)) == made


@given(receipts)
@FEW
def test_a_made_up_receipt_proves_nothing(made):
    with pytest.raises(LogError):
        receipt.verify(made, [VERIFIER], "example.org/log")


@pytest.mark.parametrize("read", [note.parse, receipt.loads, leaf.decode])
@given(data=st.binary(max_size=300))
@FEW
def test_bytes_at_random_are_refused_with_an_error_of_ours(read, data):
    try:
        read(data)
    except LogError:
        return
    assert read is leaf.decode  # one version byte and any day below year 10000 may come up


@pytest.mark.parametrize("read", [note.parse_key, checkpoint.parse])
@given(text=st.text(max_size=300))
@FEW
def test_texts_at_random_are_refused_with_an_error_of_ours(read, text):
    with pytest.raises(LogError):
        read(text)


@pytest.fixture(scope="module")
def exported(tmp_path_factory) -> Path:
    """A log of 300 leaves, one of them opened."""
    folder = tmp_path_factory.mktemp("exported")
    plains = [
        bytes(32) + b'{"kind":"PolicyAdopted"}',
        *(bytes([at % 251] * 40) for at in range(299)),
    ]
    found = leaf.of(20_000, plains)
    tiles = tree.grow(tree.NoTiles(), 0, hashing.of_leaves(found))
    for (level, number), data in tiles.items():
        layout.write(folder, layout.tile_path(level, number, len(data) // 32), data)
    for number, width in layout.widths(0, 300):
        layout.write(
            folder,
            layout.entries_path(number, width),
            layout.bundle(found[number * 256 : number * 256 + width]),
        )
    root = tree.root(tree.Overlay(tree.NoTiles(), tiles), 300)
    head = checkpoint.sign(checkpoint.Checkpoint("example.org/log", 300, root), SIGNER)
    layout.write(folder, "checkpoint", head.encode())
    layout.write(folder, "checkpoints", json.dumps(head).encode() + b"\n")
    day = leaf.decode(found[0]).day.isoformat()
    line = {"index": 0, "day": day, "nonce": "A" * 43 + "=", "event": plains[0][32:].decode()}
    layout.write(folder, "open", json.dumps(line).encode() + b"\n")
    return folder


FILES = ("checkpoint", "checkpoints", "open", "tile/entries/000", "tile/entries/001.p/44",
         "tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1")  # fmt: skip


@given(data=st.data())
@settings(max_examples=120, deadline=None)
def test_an_export_with_any_file_changed_is_refused_with_an_error_of_ours(exported, data):
    """Some bytes of a file cut, changed or added; or other bytes in its place."""
    audit.audit(exported, [VERIFIER], "example.org/log")
    path = exported / data.draw(st.sampled_from(FILES))
    before = path.read_bytes()
    start = data.draw(st.integers(0, len(before)))
    end = data.draw(st.integers(start, min(len(before), start + 40)))
    new = before[:start] + data.draw(st.binary(max_size=40)) + before[end:]
    path.write_bytes(data.draw(st.sampled_from([new, new[start : end + 40]])))
    try:
        found = audit.audit(exported, [VERIFIER], "example.org/log")
    except LogError:
        return
    else:  # white space in JSON, a line less in a list: nothing else is believed
        assert found.checkpoint.size == 300
        assert set(found.open) <= {'{"kind":"PolicyAdopted"}'}
        assert path.name in ("open", "checkpoints") or path.read_bytes() == before
    finally:
        path.write_bytes(before)


@given(st.binary(max_size=32), st.binary(max_size=70))
@FEW
def test_a_signature_at_random_does_not_verify(text, signature):
    assert not VERIFIER.verify(text, signature)


PURE = ("kept.ledger.log.receipt", "kept.ledger.log.tree", "kept.ledger.signing")


@pytest.mark.parametrize("module", [*PURE, "kept.ledger", "kept.ledger.events"])
def test_the_pure_part_imports_no_django(module):
    code = f"import {module}, sys; assert not any(n.split('.')[0] == 'django' for n in sys.modules)"
    clean = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    subprocess.run([sys.executable, "-c", code], env=clean, check=True)

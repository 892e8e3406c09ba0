"""Each vector fails with its own error, or passes: tests/vectors/ledger, named by defect."""

import base64
import json
from pathlib import Path

import pytest

from kept.ledger import signing
from kept.ledger.log import checkpoint, note, proofs, receipt
from kept.ledger.log.errors import LogError

FOLDER = Path(__file__).parent.parent / "vectors" / "ledger"
# Published in the documentation of Go's `sumdb/note`.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
# Published with the tests of Certificate Transparency's implementations.
ROOT_OF_8 = "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg="


def _read(value: dict, *names: str) -> list[bytes]:
    return [base64.b64decode(value[name]) for name in names]


def _inclusion(value: dict) -> None:
    leaf_hash, root = _read(value, "leaf_hash", "root")
    proof = [base64.b64decode(one) for one in value["proof"]]
    proofs.verify_inclusion(value["index"], value["size"], leaf_hash, proof, root)


def _consistency(value: dict) -> None:
    old, new = _read(value, "old_root", "new_root")
    proof = [base64.b64decode(one) for one in value["proof"]]
    proofs.verify_consistency(value["old"], value["new"], proof, old, new)


def _note(value: dict) -> None:
    note.verify(base64.b64decode(value["note"]), [signing.verifier(PETER)])


def _checkpoint(value: dict) -> None:
    checkpoint.verify(value["note"].encode(), [signing.verifier(PETER)], "PeterNeumann")


def _receipt(value: dict) -> None:
    found = receipt.loads(value["receipt"].encode())
    receipt.verify(found, [signing.verifier(PETER)], "PeterNeumann")


def _key(value: dict) -> None:
    signing.verifier(value["key"])


JUDGES = {
    "inclusion": _inclusion,
    "consistency": _consistency,
    "note": _note,
    "checkpoint": _checkpoint,
    "receipt": _receipt,
    "key": _key,
}
VECTORS = sorted(path.relative_to(FOLDER) for path in FOLDER.glob("*/*.json"))


@pytest.mark.parametrize("path", VECTORS, ids=str)
def test_a_vector_fails_with_its_own_error(path: Path):
    value = json.loads((FOLDER / path).read_text(encoding="utf-8"))
    judge = JUDGES[path.parent.name]
    if value["expect"] is None:
        judge(value)
        return
    with pytest.raises(LogError) as told:
        judge(value)
    assert told.value.code.id == value["expect"]


def test_every_kind_has_vectors_that_pass_and_that_fail():
    for kind in JUDGES:
        expected = {
            json.loads(path.read_text(encoding="utf-8"))["expect"]
            for path in (FOLDER / kind).glob("*.json")
        }
        assert None in expected
        assert len(expected) > 1


def test_the_tree_of_the_vectors_is_the_published_one():
    value = json.loads((FOLDER / "inclusion" / "valid-5-of-8.json").read_text(encoding="utf-8"))
    assert value["root"] == ROOT_OF_8
    assert value["proof"][0] == "vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms="


def test_a_signature_is_the_published_one():
    """Ed25519 is deterministic (RFC 8032): our note is the published one, byte for byte."""
    seed = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
    peter = signing.Signer("PeterNeumann", seed)
    assert str(peter.public) == PETER
    text = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
    )
    assert note.sign(text, peter) == (
        text + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZ"
        "SNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )

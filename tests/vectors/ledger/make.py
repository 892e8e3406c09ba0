"""Writes the ledger's vectors from published values, one file per defect.

Tree: the eight leaves with which Certificate Transparency's implementations test themselves (RFC
6962 hashing; roots published). Note: the key pair and note of Go's `sumdb/note` documentation. Run
it to add a defect: `python -m tests.vectors.ledger.make`.
"""

import base64
import json
from hashlib import sha256
from pathlib import Path

from kept.ledger.log import checkpoint, note
from kept.ledger.signing import Signer

HERE = Path(__file__).parent
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
PETER = Signer("PeterNeumann", SEED)
OTHER = Signer("EnochRoot", sha256(b"another key").digest())
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)


def root(leaves):
    """RFC 9162, section 2.1.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\0" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\1" + root(leaves[:k]) + root(leaves[k:])).digest()


def path(m, leaves):
    """RFC 9162, section 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*path(m, leaves[:k]), root(leaves[k:])]
    return [*path(m - k, leaves[k:]), root(leaves[:k])]


def subproof(m, leaves, whole):
    """RFC 9162, section 2.1.4.1."""
    if m == len(leaves):
        return [] if whole else [root(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m <= k:
        return [*subproof(m, leaves[:k], whole), root(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), root(leaves[:k])]


def b64(data):
    return base64.b64encode(data).decode()


def write(kind, name, expect, value):
    folder = HERE / kind
    folder.mkdir(exist_ok=True)
    text = json.dumps({"expect": expect, **value}, indent=2, ensure_ascii=False)
    (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def inclusions():
    def case(name, expect, index=5, size=8, **changed):
        at = index if 0 <= index < len(LEAVES) else 5
        tree = LEAVES[:size] if at < size <= len(LEAVES) else LEAVES
        value = {
            "leaf_hash": root([LEAVES[at]]), "root": root(tree), "proof": path(at, tree),
            "index": index, "size": size,
        } | changed  # fmt: skip
        write("inclusion", name, expect, {
            **value, "leaf_hash": b64(value["leaf_hash"]), "root": b64(value["root"]),
            "proof": [b64(one) for one in value["proof"]],
        })  # fmt: skip

    good = path(5, LEAVES)
    for index in range(8):
        case(f"valid-{index}-of-8", None, index)
    case("valid-leaf-0-of-1", None, 0, 1)
    case("valid-6-of-7", None, 6, 7)
    case("leaf-0-claimed-as-1", "L106", 1, leaf_hash=root([LEAVES[0]]), proof=path(0, LEAVES))
    case("leaf-0-with-proof-of-leaf-5", "L106", 0, proof=good)
    case("index-equals-size", "L102", 8, 8, proof=good)
    case("index-beyond-size", "L102", 9, 8, proof=good)
    case("index-negative", "L102", -1, 8, proof=good)
    case("size-0", "L102", 0, 0, proof=[])
    case("size-negative", "L102", 0, -8, proof=good)
    case("swapped-siblings", "L106", proof=[good[1], good[0], good[2]])
    case("reversed-proof", "L106", proof=good[::-1])
    case("truncated", "L104", proof=good[:-1])
    case("empty-proof", "L104", proof=[])
    case("trailing-hash", "L104", proof=[*good, good[0]])
    case("preceding-hash", "L104", proof=[good[0], *good])
    case("preceding-root", "L104", proof=[root(LEAVES), *good])
    case("short-hash-in-proof", "L105", proof=[good[0][:31], *good[1:]])
    case("long-hash-in-proof", "L105", proof=[good[0] + b"\0", *good[1:]])
    case("short-root", "L105", root=root(LEAVES)[:31])
    case("short-leaf-hash", "L105", leaf_hash=root([LEAVES[5]])[:31])
    case("wrong-root", "L106", root=root(LEAVES[:7]))
    case("wrong-leaf", "L106", leaf_hash=root([LEAVES[4]]))
    case("leaf-as-node", "L106", leaf_hash=sha256(b"\1" + LEAVES[5]).digest())
    case("index-plus-1", "L106", 6, leaf_hash=root([LEAVES[5]]), proof=good)
    case("proof-of-larger-tree", "L106", 5, 7, proof=good)
    case("size-doubled", "L104", 5, 16, proof=good, root=root(LEAVES))
    flipped = bytes([good[1][0] ^ 1]) + good[1][1:]
    case("flipped-bit", "L106", proof=[good[0], flipped, good[2]])
    case("proof-of-root-as-leaf", "L106", 0, 1, leaf_hash=root(LEAVES[:1]), root=root(LEAVES),
         proof=[])  # fmt: skip


def consistencies():
    def case(name, expect, old=6, new=8, **changed):
        fits = 0 < old <= new <= len(LEAVES)
        value = {
            "old_root": root(LEAVES[: max(old, 0)]), "new_root": root(LEAVES[: max(new, 0)]),
            "proof": subproof(old, LEAVES[:new], True) if fits else [], "old": old, "new": new,
        } | changed  # fmt: skip
        write("consistency", name, expect, {
            **value, "old_root": b64(value["old_root"]), "new_root": b64(value["new_root"]),
            "proof": [b64(one) for one in value["proof"]],
        })  # fmt: skip

    good = subproof(6, LEAVES, True)
    for old in range(9):
        case(f"valid-{old}-to-8", None, old)
    case("valid-empty-to-empty", None, 0, 0)
    case("rolled-back", "L103", 8, 6, proof=good)
    case("old-negative", "L103", -1, 8)
    forked = root([*LEAVES[:7], b"another leaf"])
    case("forked-at-one-size", "L107", 8, 8, new_root=forked)
    case("forked-before", "L107", old_root=root([b"another", *LEAVES[1:6]]))
    case("forked-after", "L107", new_root=forked)
    case("swapped-roots", "L107", old_root=root(LEAVES), new_root=root(LEAVES[:6]))
    case("truncated", "L104", proof=good[:-1])
    case("empty-proof", "L104", proof=[])
    case("trailing-hash", "L104", proof=[*good, good[0]])
    case("preceding-hash", "L104", proof=[good[0], *good])
    case("swapped-hashes", "L107", proof=[good[1], good[0], *good[2:]])
    case("short-hash-in-proof", "L105", proof=[good[0][:31], *good[1:]])
    case("short-root", "L105", old_root=root(LEAVES[:6])[:31])
    case("old-plus-1", "L104", 7, 8, proof=good)
    case("old-minus-1", "L107", 5, 8, proof=[*good, good[0]])
    case("new-doubled", "L104", 6, 16, proof=good, new_root=root(LEAVES))
    case("from-0-with-proof", "L104", 0, 8, proof=good)
    case("from-0-with-root", "L107", 0, 8, old_root=root(LEAVES[:1]))
    case("same-size-with-proof", "L104", 8, 8, proof=good)


def notes():
    good = note.sign(TEXT, PETER)
    second = note.sign(TEXT, PETER, OTHER)
    line = good.splitlines()[-1]
    forged = OTHER.sign(TEXT.encode())
    mine = b64(PETER.key_id + forged)

    def case(name, expect, text):
        data = text if isinstance(text, bytes) else text.encode()
        write("note", name, expect, {"note": b64(data), "reads": data.decode(errors="replace")})

    case("valid", None, good)
    case("valid-second-signature-of-unknown-key", None, second)
    case("valid-blank-lines-in-text", None, note.sign("a\n\nb\n", PETER))
    case("second-signature-of-trusted-key-wrong", "L110", good + f"— PeterNeumann {mine}\n")
    case("first-signature-of-trusted-key-wrong", "L110",
         f"{TEXT}\n— PeterNeumann {mine}\n{line}\n")  # fmt: skip
    case("only-unknown-key", "L109", note.sign(TEXT, OTHER))
    case("trusted-name-other-id", "L109",
         f"{TEXT}\n— PeterNeumann {b64(OTHER.key_id + forged)}\n")  # fmt: skip
    case("other-name-trusted-id", "L109", good.replace("— Peter", "— Piotr"))
    case("edited-text", "L110", good.replace("don't", "do"))
    case("added-line-in-text", "L110", "One more line\n" + good)
    case(
        "cut-signature", "L110", f"{TEXT}\n— PeterNeumann {b64(base64.b64decode(line[15:])[:-1])}\n"
    )
    case("trailing-bytes", "L108", good + "x")
    case("trailing-line", "L108", good + "x\n")
    case("trailing-blank-line", "L108", good + "\n")
    case("no-final-newline", "L108", good[:-1])
    case("no-blank-line", "L108", good.replace("\n\n", "\n"))
    case("no-signature", "L108", TEXT + "\n")
    case("empty", "L108", "")
    case("no-text", "L108", f"\n\n{line}\n"[1:])
    case("hyphen-for-dash", "L108", good.replace("—", "-"))
    case("two-spaces", "L108", good.replace("— ", "—  "))
    case("carriage-returns", "L108", good.replace("\n", "\r\n"))
    case("nul", "L108", "\0" + good)
    case("not-utf8", "L108", b"\xff" + good.encode())
    case("name-with-plus", "L108", good.replace("— Peter", "— Peter+"))
    case("base64-other-spelling", "L108", good.replace("nAM=", "nAN="))
    case("base64-without-padding", "L108", good.replace("nAM=", "nAM"))
    case("signature-of-nothing", "L108", f"{TEXT}\n— PeterNeumann {b64(PETER.key_id)}\n")
    case("too-many-signatures", "L108", TEXT + "\n" + f"{line}\n" * 17)
    case("too-long", "L108", "x" * 70_000 + "\n" + good)


def checkpoints():
    def case(name, expect, text):
        signed = (text + "\n— PeterNeumann " + b64(PETER.key_id + PETER.sign(text.encode()))) + "\n"
        write("checkpoint", name, expect, {"note": signed})

    top = b64(root(LEAVES))
    empty = b64(root([]))
    case("valid", None, f"PeterNeumann\n8\n{top}\n")
    case("valid-size-0", None, f"PeterNeumann\n0\n{empty}\n")
    case("wrong-origin", "L112", f"example.org/log\n8\n{top}\n")
    case("no-origin", "L111", f"\n8\n{top}\n")
    case("origin-with-spaces-around", "L111", f" PeterNeumann\n8\n{top}\n")
    for name, size in {
        "negative": "-8", "signed": "+8", "leading-zero": "08", "hexadecimal": "0x8",
        "with-space": "8 ", "empty": "", "with-underscore": "1_0", "too-large": str(2**63),
        "not-ascii": "٨", "fraction": "8.0",
    }.items():  # fmt: skip
        case(f"size-{name}", "L111", f"PeterNeumann\n{size}\n{top}\n")
    case("size-0-with-root", "L111", f"PeterNeumann\n0\n{top}\n")
    case("root-31-bytes", "L111", f"PeterNeumann\n8\n{b64(root(LEAVES)[:31])}\n")
    case("root-33-bytes", "L111", f"PeterNeumann\n8\n{b64(root(LEAVES) + bytes(1))}\n")
    case("root-other-spelling", "L111", f"PeterNeumann\n8\n{top.replace('yg=', 'yh=')}\n")
    case("root-hexadecimal", "L111", f"PeterNeumann\n8\n{root(LEAVES).hex()}\n")
    case("root-missing", "L111", "PeterNeumann\n8\n")
    case("extension-line", "L111", f"PeterNeumann\n8\n{top}\nmore\n")
    case("trailing-blank-line", "L111", f"PeterNeumann\n8\n{top}\n\n")


def receipts():
    event, nonce = '{"kind":"PolicyAdopted","version":0,"digest":"' + "0" * 64 + '"}', bytes(32)
    data = sha256(b"kept ledger event 1\n" + nonce + event.encode()).digest()
    leaf = b"\1" + (20000).to_bytes(4, "big") + data
    tree = [*LEAVES[:5], leaf, *LEAVES[6:]]

    def head(leaves, *signers, origin="PeterNeumann"):
        made = checkpoint.Checkpoint(origin, len(leaves), root(leaves))
        return checkpoint.sign(made, *signers)

    good = {
        "format": "kept-receipt-1", "event": event, "nonce": b64(nonce), "day": "2024-10-04",
        "index": 5, "proof": [b64(one) for one in path(5, tree)], "checkpoint": head(tree, PETER),
        "key": str(PETER.public),
    }  # fmt: skip

    def case(name, expect, text=None, without=(), **changed):
        value = {key: item for key, item in (good | changed).items() if key not in without}
        if text is None:
            text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        write("receipt", name, expect, {"receipt": text})

    plain = json.dumps(good, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    case("valid", None)
    case("valid-with-final-newline", None, plain + "\n")
    case("edited-event", "L106", event=event.replace('"version":0', '"version":1'))
    case("other-nonce", "L106", nonce=b64(b"\1" + bytes(31)))
    case("nonce-31-bytes", "L114", nonce=b64(bytes(31)))
    case("other-day", "L106", day="2024-10-05")
    case("index-moved", "L106", index=4)
    case("index-equals-size", "L102", index=8)
    case("index-negative", "L102", index=-1)
    case("truncated-proof", "L104", proof=good["proof"][:-1])
    case("trailing-hash", "L104", proof=[*good["proof"], good["proof"][0]])
    case("checkpoint-of-a-fork", "L106", checkpoint=head([*tree[:7], b"another"], PETER))
    case("checkpoint-of-size-0", "L102", checkpoint=head([], PETER))
    case("checkpoint-rolled-back", "L102", checkpoint=head(tree[:5], PETER))
    case("checkpoint-of-another-log", "L112", checkpoint=head(tree, PETER, origin="another"))
    case("checkpoint-by-another-key", "L109", checkpoint=head(tree, OTHER))
    case("checkpoint-edited", "L110", checkpoint=good["checkpoint"].replace("\n8\n", "\n9\n"))
    case("checkpoint-with-trailing-bytes", "L108", checkpoint=good["checkpoint"] + "x")
    case("key-replaced", "L109", checkpoint=head(tree, OTHER, origin="PeterNeumann"),
         key=str(OTHER.public))  # fmt: skip
    case("unknown-field", "L114", more=1)
    case("missing-field", "L114", without=("day",))
    case("index-true", "L114", index=True)
    case("index-text", "L114", index="5")
    case("proof-of-numbers", "L114", proof=[1])
    case("day-not-a-day", "L114", day="2024-02-30")
    case("day-other-spelling", "L114", day="20241004")
    case("day-before-1970", "L114", day="1969-12-31")
    case("other-format", "L114", format="kept-receipt-2")
    case("not-canonical", "L114", json.dumps(good))
    case("twice-the-index", "L114", plain.replace('"index":5', '"index":5,"index":5'))
    case("index-fraction", "L114", plain.replace('"index":5', '"index":5.0'))
    case("trailing-bytes", "L114", plain + " ")
    case("not-json", "L114", "receipt")
    case("a-list", "L114", "[]")


def keys():
    def case(name, expect, text):
        write("key", name, expect, {"key": text})

    good = str(PETER.public)
    case("valid", None, good)
    case("wrong-id", "L113", good.replace("+c7", "+c8"))
    case("id-in-capitals", "L113", good.replace("c74f20a3", "C74F20A3"))
    case("name-with-space", "L113", good.replace("PeterN", "Peter N"))
    case("no-name", "L113", good.removeprefix("PeterNeumann"))
    case("no-key", "L113", "PeterNeumann+c74f20a3")
    case("not-base64", "L113", "PeterNeumann+c74f20a3+!!!!")
    case("base64-cut", "L113", good[:-1])
    case("other-algorithm", "L113",
         str(note.PublicKey("PeterNeumann", 2, PETER.public.key)))  # fmt: skip
    case("too-short", "L113", str(note.PublicKey("PeterNeumann", 1, PETER.public.key[:31])))


if __name__ == "__main__":
    for made in (inclusions, consistencies, notes, checkpoints, receipts, keys):
        made()

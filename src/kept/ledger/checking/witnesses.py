"""The tree against everything outside it that remembers it: anchors and data databases.

Rules: whoever remembers a longer tree proves a roll-back, whoever remembers another root at a size
proves a fork; a memory that cannot be read or believed is itself a finding.
"""

from kept._kit.errors import KeptError
from kept.ledger import anchors, heads
from kept.ledger.checking.findings import Report
from kept.ledger.entries import Macs
from kept.ledger.errors import DATA_BACK, EDITED_HEAD, EDITED_SEEN, FORKED, TREE_BACK
from kept.ledger.log import checkpoint, tree
from kept.ledger.log.checkpoint import Checkpoint
from kept.ledger.log.errors import LogError
from kept.ledger.log.note import Verifier
from kept.ledger.store import Store, batches, leaves


def databases(store: Store, macs: Macs, report: Report) -> None:
    """What the data databases remember."""
    for alias in heads.databases():
        report.saw("databases", 1)
        found = heads.known(alias, macs)
        if not found.genuine:
            report.found(EDITED_HEAD, f"in database `{alias}`")
            continue
        try:
            heads.require_ours(store, alias, found)
        except KeptError as error:
            report.found(error.code, error.message)
            continue
        if heads.is_forged(store, alias, found, macs):
            report.found(EDITED_SEEN, f"of database `{alias}`")
        once = heads.seen(store, alias)
        if found.batch < once:
            lost = batches.events_after(store, found.batch)
            report.found(
                DATA_BACK,
                f"`{alias}` remembers a tree of `{found.size}` leaves and once knew a newer one;"
                f" `{lost}` recorded events came after it",
            )


def anchored(store: Store, verifier: Verifier, origin: str, report: Report) -> None:
    """What the anchors remember."""
    for anchor in anchors.configured():
        note = anchor.latest()
        if note is None:
            continue
        report.saw("anchors", 1)
        try:
            head = checkpoint.verify(note.encode(), [verifier], origin)
        except LogError as error:
            report.found(FORKED, f"anchor `{anchor.name}` holds no checkpoint of ours: {error}")
            continue
        against(store, head, f"anchor `{anchor.name}`", report)


def against(store: Store, head: Checkpoint, who: str, report: Report) -> None:
    """The tree against a believed checkpoint that `who` holds."""
    last = batches.latest(store)
    size = last.size if last else 0
    if head.size > size:
        report.found(
            TREE_BACK, f"{who} holds a checkpoint of `{head.size}` leaves, the ledger `{size}`"
        )
        return
    try:
        root = tree.root(leaves.StoredTiles(store), head.size)
    except LogError as error:
        report.found(FORKED, f"no tree of `{head.size}` leaves as {who} saw it: {error.message}")
        return
    if root != head.root:
        report.found(FORKED, f"{who} holds another tree of `{head.size}` leaves")

"""Error codes of the ledger above its pure log: recording, keys, sequencing, verification."""

from kept._kit.errors import code

_TELL = "keep a copy of everything as it is and tell the auditor; docs: how-to/follow-the-log"

EVENT = code("L001", "An event has a field of the wrong form", do="give declared names and counts")
OUTSIDE = code(
    "L002",
    "An event was recorded outside a transaction",
    do="record it inside the `transaction.atomic()` of its effect, so that both stay or both go",
)
UNWIRED = code(
    "L003", "No sealer is wired", do="install `kept.vault`, which wires the subjects' keys"
)
SEALED = code("L004", "An entry could not be sealed", do="record before the subject's key is gone")
KEY_FILE = code("L005", "A key file of the ledger is damaged", do="restore it from its own backup")
KEY_MODE = code("L006", "Others may read a key file", do="chmod 600 the file, 700 its folder")
SCHEMA = code("L007", "The ledger's database has another schema", do="install the matching release")
SILENT = code(
    "L008",
    "A flow ended without recording what it declares",
    do="call kept.ledger.record in the flow, in its transaction",
)
FLOW = code("L009", "A flow is declared twice", do="give each flow its own name")
ANCHOR = code("L010", "An anchor is not usable", do="write `file:/path` or `mailto:address`")
ABSENT = code("L011", "There is nothing to prove yet", do="wait for the sequencer, then ask again")

TAKEN = code("L012", "A folder is not empty", do="name a new folder")

EDITED_OUTBOX = code("L020", "A waiting entry was edited", do=_TELL)
EDITED_ENTRY = code("L021", "A recorded entry was edited", do=_TELL)
MISSING_ENTRY = code("L022", "Recorded entries are missing", do=_TELL)
EDITED_LEAF = code("L023", "Leaves or tree were edited", do=_TELL)
EDITED_CHECKPOINT = code("L024", "A checkpoint was edited", do=_TELL)
TREE_BACK = code("L025", "The tree was rolled back", do=_TELL)
FORKED = code("L026", "The log forked", do=_TELL)
DATA_BACK = code(
    "L027",
    "The data database was rolled back",
    do="if you restored it, start the site, which puts that on record; if not, tell the auditor",
)
EDITED_HEAD = code("L028", "The data database's note of the tree was edited", do=_TELL)
UNRECORDED = code("L029", "Rows exist that no event records", do=_TELL)
GONE = code("L030", "Events exist whose rows are gone", do="restore them, or explain the loss")
EDITED_ROW = code("L032", "Rows say otherwise than their events", do=_TELL)
NOT_AS_RECORDED = code("L033", "The record is not as it was made", do="see `kept ledger verify`")
NOT_LOST = code(
    "L034",
    "The log is not lost: nobody remembers a newer tree than it holds",
    do="see `kept ledger show`; a new log is begun only where the old one is gone",
)
EDITED_SEEN = code(
    "L035", "The ledger's note of what a data database remembers was edited", do=_TELL
)
EDITED_BATCH = code("L031", "The ledger's list of batches was edited", do=_TELL)

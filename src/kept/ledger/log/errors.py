"""Error codes of the log. Each names one defect, so that a test can tell them apart."""

from kept._kit.errors import KeptError, code


class LogError(KeptError):
    """The log, a proof, a note, a checkpoint or a receipt is not what it should be."""


_ASK = "ask whoever gave it to you for another copy; if that one fails too, tell the auditor"
_READ = "read it again from its source: nothing may be added, cut or spelled otherwise"

LEAF = code("L101", "A leaf is malformed", do=_READ)
INDEX = code("L102", "An index lies outside the tree", do="ask for an index below the tree's size")
SIZES = code("L103", "Tree sizes are impossible", do="give the older checkpoint first")
LENGTH = code("L104", "A proof has the wrong number of hashes", do=_ASK)
HASH = code("L105", "A hash is not 32 bytes long", do=_READ)
INCLUSION = code("L106", "An inclusion proof leads to another root", do=_ASK)
CONSISTENCY = code(
    "L107", "Two checkpoints belong to different histories", do="keep both and tell the auditor"
)
NOTE = code("L108", "A signed note is malformed", do=_READ)
UNSIGNED = code("L109", "A note carries no signature of a trusted key", do="check the key's name")
SIGNATURE = code("L110", "A signature of a trusted key is wrong", do=_ASK)
CHECKPOINT = code("L111", "A checkpoint is malformed", do=_READ)
ORIGIN = code("L112", "A checkpoint belongs to another log", do="give the checkpoint of this log")
KEY = code("L113", "A key is malformed", do="copy the whole line `name+id+key` as it was published")
RECEIPT = code("L114", "A receipt is malformed", do=_READ)
TILE = code("L115", "A tile of the tree has the wrong width", do="restore the ledger's newest copy")
EXPORT = code("L116", "An exported log does not fit itself", do=_ASK)

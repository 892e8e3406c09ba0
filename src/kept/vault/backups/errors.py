"""Error codes of backups and restores."""

from kept._kit.errors import code

NOT_APART = code(
    "V030",
    "Backups of keys would stand beside the data or its backups",
    do="set KEPT's BACKUPS and KEY_BACKUPS to places that are kept apart",
)
FAILED = code("V031", "A backup or restore could not go on", do="see the cause and run it again")
NO_PROGRAM = code(
    "V032",
    "PostgreSQL's client programs are not installed",
    do="install the client of the server's version (pg_dump, pg_restore, psql)",
)
NOT_WHOLE = code(
    "V033",
    "A backup is not what its manifest says",
    do="it was cut or changed: use another backup",
)
NONE_THERE = code("V034", "There is no backup", do="make one: `kept backup`")
OTHER_STORE = code(
    "V036",
    "The backup belongs to another key store",
    do="restore the key store that this site had: `kept restore … --keys DIR`",
)
BUSY = code("V037", "Another backup or restore runs", do="wait until it has ended")

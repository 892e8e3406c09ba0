"""The append-only log: hashing, tree, proofs, notes, checkpoints, receipts. Pure: no Django.

Sources: RFC 9162 (hashing and proofs), C2SP tlog-tiles, signed-note and tlog-checkpoint.
"""

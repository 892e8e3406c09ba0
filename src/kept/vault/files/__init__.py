"""Sealed files: uploads and packages, encrypted at rest in parts, given within a scope only."""

from kept.vault.files.moving import key_of, move, sweep_drafts
from kept.vault.files.storing import About, OpenedFile, open, path_of, read, store, sweep

__all__ = [
    "About",
    "OpenedFile",
    "key_of",
    "move",
    "open",
    "path_of",
    "read",
    "store",
    "sweep",
    "sweep_drafts",
]

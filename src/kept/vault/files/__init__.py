"""Sealed files: uploads and packages, encrypted at rest in parts, given within a scope only."""

from kept.vault.files.storing import About, OpenedFile, open, path_of, store, sweep

__all__ = ["About", "OpenedFile", "open", "path_of", "store", "sweep"]

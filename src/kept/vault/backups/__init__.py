"""Backups of the data and, apart, of the key store; restoring them without bringing anyone back."""

from kept.vault.backups.inventory import Copy, inventory
from kept.vault.backups.making import Made, data, key_store
from kept.vault.backups.restoring import Report, restore
from kept.vault.backups.trial import Trial, try_newest

__all__ = [
    "Copy",
    "Made",
    "Report",
    "Trial",
    "data",
    "inventory",
    "key_store",
    "restore",
    "try_newest",
]

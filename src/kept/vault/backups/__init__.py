"""Backups of the data and, apart, of the key store; restoring them without bringing anyone back."""

from kept.vault.backups.inventory import Copy, inventory
from kept.vault.backups.making import Made, data, key_store
from kept.vault.backups.reconciling import reconcile
from kept.vault.backups.restoring import Report, restore
from kept.vault.backups.survival import Taken
from kept.vault.backups.survival import position_of as journal_position
from kept.vault.backups.survival import take as take_journal
from kept.vault.backups.survival import write as write_journal
from kept.vault.backups.trial import Trial, try_newest

__all__ = [
    "Copy",
    "Made",
    "Report",
    "Taken",
    "Trial",
    "data",
    "inventory",
    "journal_position",
    "key_store",
    "reconcile",
    "restore",
    "take_journal",
    "try_newest",
    "write_journal",
]

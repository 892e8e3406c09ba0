"""Backups of the data and, apart, of the key store; restoring them without bringing anyone back."""

from kept.vault.backups.making import Made, data, key_store
from kept.vault.backups.restoring import Report, restore

__all__ = ["Made", "Report", "data", "key_store", "restore"]

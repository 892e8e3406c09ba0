"""Backups of the data and, apart, of the key store; restoring them without bringing anyone back."""

from kept.vault.backups.making import Made, data, key_store

__all__ = ["Made", "data", "key_store"]

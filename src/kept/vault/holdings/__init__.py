"""Holdings: what every installed model keeps about people, declared or refused at start."""

from kept.vault.holdings.declared import (
    Holding,
    NotPersonal,
    declaration,
    hold,
    holdings,
    not_personal,
)
from kept.vault.holdings.filed import FileHolding, file_holdings, hold_files

__all__ = [
    "FileHolding",
    "Holding",
    "NotPersonal",
    "declaration",
    "file_holdings",
    "hold",
    "hold_files",
    "holdings",
    "not_personal",
]

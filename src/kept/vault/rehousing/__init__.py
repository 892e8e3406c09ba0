"""Moving a site's rows from SQLite to PostgreSQL."""

from kept.vault.rehousing.flow import Moved, Table, move

__all__ = ["Moved", "Table", "move"]

"""The ledger's own database: SQLite file or PostgreSQL schema, on its own connections."""

from kept.ledger.store import batches, finding, leaves, recorded
from kept.ledger.store.connect import Store, store

__all__ = ["Store", "batches", "finding", "leaves", "recorded", "store"]

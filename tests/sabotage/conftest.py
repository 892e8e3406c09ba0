"""A living site: people in its collection points, visits."""

from pathlib import Path
from typing import Any

import pytest

from kept.keepers.visits import store
from kept.ledger.store import connect
from tests.ledger.conftest import _drop_schema, _place
from tests.posting import post, usimprints
from tests.sabotage import life

__all__ = ["post", "usimprints"]


@pytest.fixture
def living(transactional_db: None, usimprints: Any, client: Any, settings: Any, tmp_path: Path):
    """The site, with life in it."""
    settings.KEPT = {
        **settings.KEPT,
        "BACKUPS": tmp_path / "backups",
        "KEY_BACKUPS": tmp_path / "apart",
    }
    where = _place(tmp_path)
    settings.KEPT = {**settings.KEPT, "LEDGER": where}
    connect.forget()
    _drop_schema(where)
    yield life.make(client, settings)
    connect.forget()
    _drop_schema(where)
    with store.connected() as open_:
        open_.execute("DELETE FROM batch")

"""The whole site under the reference policy with one clause more, on roots of the run."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from kept.conf import settings as configured
from kept.keepers.accounts import address, flows, recovering, registering
from kept.keepers.rights import views
from kept.vault.keystore import only_for_testing_use
from tests.posting import USIMPRINTS, Post, post
from tests.vault.places import Place
from tests.vault.policies import TEXT

__all__ = ["post"]

EVERY_FIELD = TEXT[TEXT.index("[collect.sample]") : TEXT.index("[collect.account]")].replace(
    'for = ["serve"]', 'for = ["serve-account"]'
)
AFTER_THE_DELAY = timedelta(days=4)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Where this test's key store stands."""
    return Place(tmp_path / "own")


@pytest.fixture
def site(
    post: Post, settings: Any, monkeypatch: Any, place: Place, tmp_path: Path
) -> Iterator[Path]:
    """Everything that runs and stores; where its backups go."""
    post(f"{USIMPRINTS}\n{EVERY_FIELD}")
    settings.EMAIL_BACKEND = "kept.keepers.sharing.mailbox.SealedMailbox"
    settings.KEPT = {
        **settings.KEPT,
        "BACKUPS": tmp_path / "backups",
        "KEY_BACKUPS": tmp_path / "apart",
    }
    for room in (flows, registering, recovering, views):
        monkeypatch.setattr(room, "_brake", address.Brake())
    cache.clear()
    left = (configured().data / "mailbox", configured().data / "cache")
    with only_for_testing_use(place.store()):
        yield tmp_path
    for folder in left:
        shutil.rmtree(folder, ignore_errors=True)
    (configured().data / "site.log").unlink(missing_ok=True)

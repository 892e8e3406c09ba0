"""An empty key store is a new one only where nothing needs an earlier one."""

from pathlib import Path
from typing import Any

import pytest

from kept import vault
from kept.vault.errors import MisconfiguredError
from kept.vault.keystore.masters import FileMasterKeys
from tests.vault.places import Place


def test_in_production_an_empty_store_beside_master_keys_is_a_lost_store(place: Place):
    FileMasterKeys(place.secret).make(1)
    with pytest.raises(MisconfiguredError, match="V007"):
        place.store(production=True)
    place.store(production=False)
    place.store(production=True)


def test_an_empty_store_beside_data_that_tells_of_people_is_a_lost_store_everywhere(place: Place):
    for _ in range(2):
        with pytest.raises(MisconfiguredError, match="V007"):
            place.store(is_needed=lambda: True)
    assert FileMasterKeys(place.secret).versions() == ()
    place.store()
    place.store(is_needed=lambda: True)


@pytest.mark.django_db(transaction=True)
def test_the_first_person_may_be_nobody_known_and_a_store_lost_after_that_is_noticed(
    settings: Any, tmp_path: Path
):
    def at(name: str) -> dict[str, Any]:
        return settings.KEPT | {"KEYS": str(tmp_path / name), "SECRET": str(tmp_path / "secret")}

    settings.KEPT = at("keys")
    somebody = vault.make()
    vault.key_store().keys.find_or_make(somebody.pk, "p2y")
    settings.KEPT = at("empty")
    for _ in range(2):
        with pytest.raises(MisconfiguredError, match="V007"):
            vault.key_store()
    settings.KEPT = at("keys")
    assert vault.key_store().keys.find(somebody.pk, "p2y")

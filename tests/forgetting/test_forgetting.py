"""A canary in every place, seen there; after the erasure no byte of any of them on any disk."""

from pathlib import Path
from typing import Any

import pytest

from kept import vault
from kept._kit import clock
from kept._kit.crypto import Cipher, NotAuthenticError
from kept.keepers.rights.models import Request
from kept.vault import backups, codec
from kept.vault.backups.keys import NAME
from kept.vault.backups.keys import reading as reading_keys
from kept.vault.keystore import SubjectKey, keystore, rotate
from kept.vault.keystore.wrapping import _associated, for_subject
from kept.vault.models import State, Subject
from tests.forgetting.conftest import AFTER_THE_DELAY
from tests.forgetting.life import Life
from tests.forgetting.searching import hits, places
from tests.vault.crowd.models import Letter
from tests.vault.host import models as M

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def zoe(site: Path) -> Life:
    """Somebody with a life here."""
    made = Life()
    made.live(M)
    return made


def forget(person: Life) -> Any:
    """The whole public way: asked for, the delay, the worker."""
    subject = person.subject
    person.ask_for_erasure()
    person.work()
    with clock.only_for_testing_at(clock.now() + AFTER_THE_DELAY):
        person.work()
    assert Subject.objects.get(pk=subject).state == State.ERASED
    request = Request.objects.get()
    assert (request.state, request.expected) == ("done", request.reached)
    assert request.reached > 10
    return subject


def test_the_search_finds_a_word_in_every_place_where_it_is_clear(zoe: Life, site: Path):
    """Without this, finding nothing would mean nothing."""
    word = {"clear": "kq-in-the-clear-93ac"}
    Letter.objects.create(sender_id=zoe.subject, word="kq-in-the-clear-93ac")
    made = backups.data()
    (site / "packed").write_bytes(b"x" + word["clear"].encode().hex().encode())
    found = {file for _, file in hits(word, places(site))}
    assert any(str(made.folder) in file for file in found)
    assert str(site / "packed") in found
    assert len(found) >= 3


def test_no_byte_of_an_erased_person_is_left_anywhere(zoe: Life, site: Path):
    made, keys = backups.data(), backups.key_store()
    zoe.is_there()
    assert hits(zoe.canaries, places(site)) == []
    subject = forget(zoe)
    zoe.is_gone()
    assert hits(zoe.canaries, places(site)) == []
    report = backups.restore(made.folder, keys.folder)
    assert report.erased_again == 1
    zoe.is_gone()
    assert keystore().keys.classes_of(subject) == {}
    assert hits(zoe.canaries, places(site)) == []


def test_another_person_is_as_before(zoe: Life, site: Path):
    ada = Life()
    ada.live(M)
    zoe.is_there()
    ada.is_there()
    forget(zoe)
    ada.is_there()
    vault.erase(ada.subject)
    ada.is_gone()


def test_whoever_holds_every_disk_reads_it_until_the_master_key_is_replaced(zoe: Life, site: Path):
    """Old wrapped keys, with today's master key, are the residue that the policy names."""
    row = M.Sample.objects.get(pk=zoe.sample.pk)
    raw, where = bytes(row.sealed), row._kept_shape.place(row)
    stolen = backups.key_store()
    forget(zoe)
    masters = keystore().masters

    def recovered() -> bool:
        live = [masters.get(version) for version in masters.versions()]
        return any(zoe.canaries["text"] in _opened(raw, where, stolen.folder / NAME, one)
                   for one in live)  # fmt: skip

    assert recovered(), "the test can see"
    rotate(keystore(), lambda: None)
    assert not recovered()


def _opened(raw: bytes, where: codec.Place, keys: Path, master: bytes) -> str:
    """What an envelope says to somebody with an old copy of the keys and this master key."""
    wanted = codec.key_id(raw, where)
    with reading_keys(keys) as copied:
        (found,) = copied.run(
            "SELECT id, subject, keep, master, wrapped FROM subject_key WHERE id = ?", (wanted,)
        )
    id, owner, keep, version, wrapped = found
    try:
        key = Cipher(master).open(wrapped, _associated(for_subject(id, owner, keep), version))
    except NotAuthenticError:
        return ""
    return str(codec.open(raw, SubjectKey(id, owner, keep, Cipher(key)), where))

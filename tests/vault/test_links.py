"""Clear-text rows of somebody else's models are found, counted and erased by their link rows."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kept import vault
from kept.vault import erasing, subjects
from kept.vault.backups import reconciling
from kept.vault.errors import STORE_FAILED, VaultError
from kept.vault.holdings import holdings
from kept.vault.holdings.links import gone
from kept.vault.models import Erasure, Link, State, Subject
from tests.vault import catalogue as c

pytestmark = pytest.mark.django_db


@pytest.fixture
def M() -> Any:
    from tests.vault.host import models

    return models


def found(subject: uuid.UUID) -> dict[str, list[Any]]:
    """The rows about `subject` in linked tables."""
    listed = {one.holding.label: one for one in vault.everything(subject)}
    names = ("vaulttests.Author", "vaulttests.Comment", "vaulttests.Guest")
    assert all(listed[name].expected == len(listed[name].rows) for name in names)
    return {name: [row.pk for row in listed[name].rows] for name in names}


def test_a_saved_row_is_linked_to_whoever_its_column_stands_for(M: Any):
    address = c.email()
    author = M.Author.objects.create(email=address, name="Zoe")
    comment = M.Comment.objects.create(author=author, message="hello")
    guest = M.Guest.objects.create(id=uuid.uuid4(), name="Zoe", email=address.upper())
    M.Comment.objects.create(author=M.Author.objects.create(email=c.email()), message="not hers")
    subject = vault.find("email", address)
    assert vault.subject_of(author) == vault.subject_of(guest) == subject
    assert found(subject) == {
        "vaulttests.Author": [author.pk],
        "vaulttests.Comment": [comment.pk],
        "vaulttests.Guest": [guest.pk],
    }


def test_rows_that_were_there_before_are_linked_in_sets(M: Any):
    addresses = [c.email() for _ in range(30)]
    M.Author.objects.bulk_create(M.Author(email=one) for one in (*addresses, addresses[0], "", " "))
    holding = holdings()["vaulttests.Author"]
    assert vault.counted("vaulttests.Author").nobodys == 33
    told: list[tuple[int, int]] = []
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert vault.link_all(holding, lambda *one: told.append(one)) == 31
    assert len(queries) < 20
    assert told[-1] == (33, 33)
    assert vault.counted("vaulttests.Author") == vault.Counted(33, 2)
    assert vault.link_all(holding, lambda *_: None) == 0
    assert len(found(vault.find("email", addresses[0]))["vaulttests.Author"]) == 2


def test_primary_keys_that_look_like_nothing_are_keys_all_the_same(M: Any):
    address = c.email()
    M.Author.objects.create(pk=0, email=address)
    M.Guest.objects.create(pk=uuid.UUID(int=0), email=address, name="")
    assert found(vault.find("email", address)) == {
        "vaulttests.Author": [0],
        "vaulttests.Comment": [],
        "vaulttests.Guest": [uuid.UUID(int=0)],
    }


def test_a_row_that_is_gone_takes_its_link_along(M: Any):
    address = c.email()
    author, other = (M.Author.objects.create(email=address) for _ in range(2))
    M.Author.objects.filter(pk=author.pk).delete()
    assert Link.objects.filter(table="vaulttests.author").count() == 1
    with connection.cursor() as cursor:  # behind Django's back
        cursor.execute("DELETE FROM vaulttests_author")
    assert gone(M.Author, "default").count() == 1
    vault.link_all(holdings()["vaulttests.Author"], lambda *_: None)
    assert not Link.objects.filter(table="vaulttests.author").exists()
    assert other.pk is not None


def test_a_row_without_identifier_is_linked_by_hand_and_stays_that_persons(M: Any):
    person, address = c.person(), c.email()
    author = M.Author.objects.create(name="Zoe")
    assert vault.subject_of(author) is None
    vault.link(author, person.pk)
    author.email = address
    author.save()
    assert vault.subject_of(author) == person.pk == vault.find("email", address)
    author.email = M.Author.objects.create(email=c.email()).email
    author.save()
    assert vault.subject_of(author) == person.pk


def test_the_hosts_own_save_succeeds_whatever_prevents_a_link(
    M: Any, monkeypatch: pytest.MonkeyPatch, caplog: Any
):
    def fail(*_: Any, **__: Any) -> Any:
        raise VaultError(STORE_FAILED, "away")

    monkeypatch.setattr(subjects.identifiers, "holder", fail)
    author = M.Author.objects.create(email=c.email())
    assert M.Author.objects.filter(pk=author.pk).exists()
    assert vault.subject_of(author) is None
    assert "linked to nobody" in caplog.text
    assert author.email not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_an_erasure_reaches_linked_rows_and_the_rows_behind_them(M: Any):
    address = c.email()
    author = M.Author.objects.create(email=address)
    for _ in range(3):
        M.Comment.objects.create(author=author, message="hello")
    other = M.Author.objects.create(email=c.email())
    M.Comment.objects.create(author=other, message="hers")
    erased = vault.erase(vault.find("email", address))
    assert (erased.done, erased.expected, erased.reached) == (True, 4, 4)
    assert list(M.Author.objects.values_list("pk", flat=True)) == [other.pk]
    assert M.Comment.objects.count() == 1
    assert Link.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_restored_backup_is_rid_of_the_person_again(M: Any):
    address = c.email()
    author = M.Author.objects.create(email=address)
    subject = vault.subject_of(author)
    saved = [*Link.objects.filter(subject=subject)]
    erasing.erase(subject)
    # The backup has the row, its link and a living subject; the key store knows better.
    Subject.objects.filter(pk=subject).update(state=State.ACTIVE)
    Erasure.objects.all().delete()
    author.save(force_insert=True)
    Link.objects.all().delete()
    Link.objects.bulk_create(saved)
    assert reconciling.erasures() == (1, 1)
    assert not M.Author.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_while_a_table_fails_its_link_stays(M: Any, monkeypatch: pytest.MonkeyPatch):
    address = c.email()
    author = M.Author.objects.create(email=address)
    subject = vault.subject_of(author)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE vaulttests_author RENAME TO hidden")
    try:
        erasing.erase_keys(subject)
        purged = erasing.purge(subject)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE hidden RENAME TO vaulttests_author")
    assert not purged.done
    assert Link.objects.filter(subject=subject).exists()
    (done,) = erasing.finish()
    assert done.done
    assert not M.Author.objects.exists()
    assert not Link.objects.exists()

"""What is stored: never past the gate, always under the right key, nothing in clear."""
# ruff: noqa: B018, PT012 - reading an attribute is what is tested; blocks roll back

import secrets
import threading
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from kept import gate, vault
from kept.vault.errors import NotAuthenticError, NotStoredError
from kept.vault.keystore import keystore, only_for_testing_use
from kept.vault.models import Subject
from tests.vault import catalogue as c
from tests.vault.places import Place
from tests.vault.policies import TEXT, gate_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def M() -> Any:
    from tests.vault.host import models

    return models


def refused(code: str) -> Any:
    return pytest.raises(NotStoredError, match=code)


def test_without_a_scope_nothing_is_stored(M: Any):
    address = c.email()
    with refused("V010"), transaction.atomic():
        M.Inquiry.objects.create(name="Zoe", email=address)
    assert not M.Inquiry.objects.exists()
    assert vault.find("email", address) is None
    assert keystore().identifiers.holder("email", address) is None


def test_without_the_consent_that_the_purpose_needs_nothing_is_stored(M: Any):
    address = c.email()
    with gate.purpose("answer-inquiry"):
        with refused("V010.*consent"), transaction.atomic():
            M.Inquiry.objects.create(name="Zoe", email=address)
        assert keystore().identifiers.holder("email", address) is None
        subject = vault.find_or_make("email", address)
        vault.set_choices(subject.pk, consent=["answer-inquiry"])
        made = M.Inquiry.objects.create(name="Zoe", email=address)
        assert made.subject_id == subject.pk


def test_a_category_outside_the_clause_is_not_stored(M: Any):
    other = TEXT.replace('name = "identity.name"', 'title = "identity.title"', 1)
    with (
        gate.only_for_testing_in_force(gate_of(other)),
        gate.purpose("serve"),
        refused("identity.name"),
        transaction.atomic(),
    ):
        M.BaseInquiry.objects.create(subject=c.person(), name="Zoe")
    assert not M.BaseInquiry.objects.exists()


def test_a_row_without_a_subject_is_not_stored(M: Any):
    with gate.purpose("serve"), refused("V011"), transaction.atomic():
        M.BaseInquiry.objects.create(name="Zoe")


def test_nothing_is_stored_about_a_subject_that_is_not_active(M: Any):
    with gate.purpose("serve"):
        row = M.Inquiry.objects.create(name="Zoe", email="zoe@x.org")
        Subject.objects.filter(pk=row.subject_id).update(state="erasing")
        row.name = "Mia"
        with refused("V009"), transaction.atomic():
            row.save()
        with refused("V009"), transaction.atomic():
            M.Inquiry.objects.create(name="Mia", email="zoe@x.org")


def test_no_key_is_made_for_an_erased_subject():
    person = c.person()
    keystore().keys.destroy(person.pk)
    with refused("V009"):
        keystore().keys.find_or_make(person.pk, "p2y")


def test_one_key_per_subject_and_keep_class(M: Any):
    person = c.person()
    with gate.purpose("serve"):
        for _ in range(2):
            M.BaseInquiry.objects.create(subject=person, name="Zoe")
        M.Sample.objects.create(subject=person, text="Zoe")
    assert sorted(key.keep for key in keystore().keys.fetch_of([person.pk]).values()) == [
        "p2y", "p30d"
    ]  # fmt: skip


def test_destroying_one_class_leaves_the_other(M: Any, place: Place):
    """In a key store of its own: this journal tells of a destruction, and a key is left."""
    person = c.person()
    with only_for_testing_use(place.store()):
        with gate.purpose("serve"):
            gone = M.BaseInquiry.objects.create(subject=person, name="Zoe")
            stays = M.Sample.objects.create(subject=person, text="Zoe")
        assert keystore().keys.destroy(person.pk, spare=["p30d"]) == 1
        with gate.purpose("serve"):
            assert isinstance(M.BaseInquiry.objects.get(pk=gone.pk).name, gate.Sealed)
            assert M.Sample.objects.get(pk=stays.pk).text == "Zoe"


def test_two_emails_of_one_person_and_one_email_of_two(M: Any):
    address = c.email()
    with gate.purpose("serve"):
        row = M.Inquiry.objects.create(name="Zoe", email=address)
        row.email = f"home-{address}"
        row.save()
        assert M.Inquiry.objects.get(email=f"home-{address}").pk == row.pk
        assert vault.find("email", address.upper()) == row.subject_id
        M.Inquiry.objects.create(name="Ada", email=f"ada-{address}")
        row.email = f"ada-{address}"
        with refused("V015"), transaction.atomic():
            row.save()


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("email", "Zoe@X.org", " zoe@x.ORG "),
        ("email", "zoe@bücher.example", "zoe@xn--bcher-kva.example"),
        ("contact.email", "zoe@x.org", "ZOE@x.org"),
        ("phone", "+1 (555) 0100", "001 555-0100"),
        ("username", "\uff3a\uff2f\uff25", "zoe"),
    ],
)
def test_two_spellings_are_one_identifier(kind: str, one: str, other: str):
    assert vault.find_or_make(kind, one).pk == vault.find(kind, other)
    assert vault.find(kind, "someone else") is None


def test_a_claim_that_was_rolled_back_is_finished_by_the_next_finder():
    address = c.email()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        first = vault.find_or_make("email", address).pk
        raise ZeroDivisionError
    assert vault.find("email", address) is None
    assert vault.find_or_make("email", address).pk == first
    assert vault.find("email", address) == first


# envelopes that are not what they should be


def raw(row: Any, **columns: Any) -> None:
    """Write columns as somebody with the database would."""
    sets = ", ".join(f"{name} = %s" for name in columns)
    pk = row._meta.pk.get_db_prep_value(row.pk, connection)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {row._meta.db_table} SET {sets} WHERE id = %s", [*columns.values(), pk]
        )
        assert cursor.rowcount == 1


def stored(row: Any) -> bytes:
    return bytes(type(row).objects.values_list("sealed", flat=True).get(pk=row.pk))


def flip(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


DAMAGE = {
    "a bit of the text": (lambda data: flip(data, -20), "V002"),
    "a bit of the tag": (lambda data: flip(data, -1), "V002"),
    "a bit of the nonce": (lambda data: flip(data, 22), "V002"),
    "cut short": (lambda data: data[:-1], "V002"),
    "cut to its header": (lambda data: data[:21], "V002"),
    "cut into its header": (lambda data: data[:9], "V003"),
    "another format": (lambda data: b"\x02" + data[1:], "V003"),
    "another revision": (lambda data: flip(data, 20), "V002"),
    "something appended": (lambda data: data + b"\0", "V002"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_envelope_is_a_clear_error(M: Any, damage: str):
    change, code = DAMAGE[damage]
    with gate.purpose("serve"):
        row = M.Inquiry.objects.create(name="Zoe", email="zoe@x.org")
        raw(row, sealed=change(stored(row)))
        with pytest.raises(NotAuthenticError, match=code):
            M.Inquiry.objects.get(pk=row.pk).name
        again = M.Inquiry.objects.get(pk=row.pk)
        again.name = "Mia"
        with pytest.raises(NotAuthenticError, match=code), transaction.atomic():
            again.save()


@pytest.mark.parametrize("kind", ["system", "staff"])
def test_a_damaged_row_breaks_no_other_row_of_the_page(M: Any, kind: Any):
    with gate.purpose("serve"):
        rows = [M.Inquiry.objects.create(name=f"N{i}", email=f"{i}@x.org") for i in range(3)]
        raw(rows[0], sealed=b"\x02junk")
        raw(rows[1], sealed=flip(stored(rows[1]), -1))
    with gate.purpose("serve", actor=gate.Actor(kind, "7")):
        page = {row.pk: row for row in M.Inquiry.objects.all()}
        assert page[rows[2].pk].name == "N2"
        for damaged in rows[:2]:
            with pytest.raises(NotAuthenticError):
                page[damaged.pk].name


def test_an_envelope_opens_in_no_other_row_table_or_subject(M: Any):
    with gate.purpose("serve"):
        zoe = M.Inquiry.objects.create(name="Zoe", email="zoe@x.org")
        again = M.Inquiry.objects.create(name="Zoe 2", email="zoe@x.org")
        ada = M.Inquiry.objects.create(name="Ada", email="ada@x.org")
        base = M.BaseInquiry.objects.create(subject_id=zoe.subject_id, name="Zoe")
        for other in (again, ada, base):
            raw(other, sealed=stored(zoe))
            with pytest.raises(NotAuthenticError, match="V002"):
                type(other).objects.get(pk=other.pk).name
        native = connection.features.has_native_uuid_field
        raw(zoe, subject_id=ada.subject_id if native else ada.subject_id.hex)
        with pytest.raises(NotAuthenticError, match="another subject"):
            M.Inquiry.objects.get(pk=zoe.pk).name


def test_an_older_envelope_is_told_as_such(M: Any):
    with gate.purpose("serve"):
        row = M.Inquiry.objects.create(name="Zoe", email="zoe@x.org")
        old = stored(row)
        row.name = "Mia"
        row.save()
        raw(row, sealed=old)
        with pytest.raises(NotAuthenticError, match="revision 0, the row of revision 1"):
            M.Inquiry.objects.get(pk=row.pk).name


def test_lengths_tell_little():
    from kept._kit.crypto import Cipher, new_key
    from kept.vault import codec
    from kept.vault.keystore import SubjectKey

    key = SubjectKey(uuid4().bytes, uuid4().bytes, "p2y", Cipher(new_key()))
    place = codec.Place("t", uuid4(), key.subject, 0)
    sizes = {len(codec.seal({"a": "x" * size}, key, place)) for size in range(2000)}
    assert len(sizes) < 40
    for size in (0, 1, 30, 31, 32, 500, 1999):
        sealed = codec.seal({"a": "x" * size}, key, place)
        assert codec.open(sealed, key, place) == {"a": "x" * size}


# two at once


@pytest.mark.django_db(transaction=True)
def test_two_processes_saving_different_fields_of_one_row_lose_nothing(M: Any):
    with gate.purpose("serve"):
        row = M.Inquiry.objects.create(name="0", email="zoe@x.org")
    code = (
        "import sys; from kept import gate; from tests.vault.policies import gate_of\n"
        "from tests.vault.host.models import Inquiry\n"
        "pk, field = sys.argv[1:]\n"
        "with gate.only_for_testing_in_force(gate_of()), gate.purpose('serve'):\n"
        "    row = Inquiry.objects.get(pk=pk)\n"
        "    for number in range(1, 26):\n"
        "        setattr(row, field, str(number)); row.save()\n"
    )
    running = [c.python(code, str(row.pk), field) for field in ("name", "phone", "message")]
    assert [one.wait(60) for one in running] == [0, 0, 0]
    with gate.purpose("serve"):
        row = M.Inquiry.objects.get(pk=row.pk)
        assert (row.name, row.phone, row.message, row.email) == ("25", "25", "25", "zoe@x.org")
        assert row.revision == 75


@pytest.mark.django_db(transaction=True)
def test_threads_that_claim_one_identifier_get_one_subject_and_one_key(M: Any):
    address = c.email()
    found: list[Any] = []
    start = threading.Barrier(6)

    def work() -> None:
        start.wait()
        try:
            with gate.purpose("serve"):
                found.append(M.Inquiry.objects.create(name="Zoe", email=address).subject_id)
        except BaseException as error:
            found.append(error)
        finally:
            connection.close()
            keystore().database.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1, found
    assert Subject.objects.filter(pk=found[0]).count() == 1
    assert [key.keep for key in keystore().keys.fetch_of([found[0]]).values()] == ["p2y"]


@pytest.mark.django_db(transaction=True)
def test_a_saved_value_is_in_no_file_in_clear(M: Any):
    canary = f"canary-{secrets.token_hex(16)}"
    with gate.purpose("serve"):
        row = M.Inquiry.objects.create(
            name=canary[:20], email=f"{canary}@x.org", message=f"{canary} message"
        )
        row.phone = canary
        row.save()
        assert M.Inquiry.objects.get(pk=row.pk).message == f"{canary} message"
    clear = M.Note.objects.create(word="clearword")
    c.flush_to_disk()
    assert c.files_with("clearword"), "the search sees what stands in clear"
    assert c.files_with(canary[:16]) == []
    clear.delete()


def test_rolled_back_values_are_not_overwritten_in_silence(M: Any):
    with gate.purpose("serve"):
        row = M.Inquiry.objects.create(name="Zoe", email="zoe@x.org")
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            row.name = "Mia"
            row.save()
            raise ZeroDivisionError
        row.phone = "555"
        with refused(r"V013.*rolled back"), transaction.atomic():
            row.save()
        row.refresh_from_db()
        row.phone = "555"
        row.save()
        row = M.Inquiry.objects.get(pk=row.pk)
        assert (row.name, row.phone) == ("Zoe", "555")


def test_a_row_that_was_deleted_meanwhile_is_inserted_again_whole(M: Any):
    with gate.purpose("serve"):
        row = M.Inquiry.objects.create(name="Zoe", email="zoe@x.org")
        M.Inquiry.objects.filter(pk=row.pk).delete()
        row.phone = "555"
        row.save()
        row = M.Inquiry.objects.get(pk=row.pk)
        assert (row.name, row.phone, row.email) == ("Zoe", "555", "zoe@x.org")


def test_users(M: Any):
    address = c.email()
    first = M.Member.objects.create_user("operator", "pass")
    assert (first.subject_id, first.check_password("pass")) == (None, True)
    with gate.purpose("serve"):
        zoe = M.Member.objects.create_user("client", "pass", email=address)
        assert vault.find("email", address) == zoe.subject_id
        assert M.Member.objects.get(email=address).pk == zoe.pk
        from django.db import IntegrityError

        with pytest.raises(IntegrityError), transaction.atomic():
            M.Member.objects.create_user("client2", "pass", email=address.upper())
        first.email = f"op-{address}"
        first.save()
        assert M.Member.objects.get(email=f"op-{address}").username == "operator"

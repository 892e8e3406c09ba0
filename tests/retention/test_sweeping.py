"""The sweep removes what is over, and nothing else, under the policy that is posted."""

from typing import Any
from uuid import UUID

import pytest

from kept import gate, ledger, promises, vault
from kept.keepers.forms.models import Answer, Submission
from kept.keepers.mailings.models import Subscription
from kept.keepers.retention import sweeping
from kept.keepers.sharing import giving
from kept.keepers.sharing.flows import permissions
from kept.keepers.sharing.models import Disclosure, Permission, Reference
from kept.ledger import entries
from kept.ledger.checking import contents
from kept.ledger.models import Outbox
from kept.site import models as site
from kept.vault import files, leaving
from kept.vault.keystore import journal, keystore
from kept.vault.models import SealedFile, Subject
from tests.posting import changed
from tests.retention.conftest import at

pytestmark = pytest.mark.django_db(transaction=True)

ADA, ZOE = "ada@example.org", "zoe.canary@example.org"


def keeping(period: str) -> str:
    """The reference policy with another keep for inquiries."""
    tail = '\ndeclining = "we cannot answer you"\n[collect.inquiry.required]'
    return changed((f'keep = "2 years"{tail}', f'keep = "{period}"{tail}'))


def subscribe(day: str, address: str = ZOE) -> Subscription:
    with at(day), gate.purpose("news", actor=gate.VISITOR):
        person = vault.find_or_make("email", address)
        vault.set_choices(person.pk, consent=["news", "other-information"])
        row = Subscription(point="news", subject=person)
        row.put("email", "contact.email", address)
        row.save()
    return row


def pending() -> list[Any]:
    """The events that wait to be sequenced."""
    rows = Outbox.objects.values_list("mark", "subject", "day", "body", "mac")
    waiting = [
        entries.Entry(bytes(mark), who.bytes if who else None, day, bytes(body), bytes(mac))
        for mark, who, day, body, mac in rows
    ]
    return list(contents.events_of(waiting))


def expired() -> dict[str, int]:
    """What the record says was removed, by collection point."""
    found: dict[str, int] = {}
    for event in pending():
        if isinstance(event, ledger.Expired):
            found[event.point] = found.get(event.point, 0) + event.rows
    return found


def test_rows_go_on_the_day_their_keep_is_over_and_are_counted_on_record(inquire):
    inquire("2024-02-29")
    inquire("2024-03-01", ADA)
    with at("2026-02-27"):
        assert sweeping.count() == {}
        assert sweeping.sweep().rows == 0
    with at("2026-02-28"):
        assert sweeping.count() == {"inquiry": 1}
        assert sweeping.sweep().by_point == {"inquiry": 1}
        assert sweeping.sweep().rows == 0
    assert Submission.objects.count() == 1
    assert expired() == {"inquiry": 1}


def test_a_dry_run_counts_and_touches_nothing(inquire):
    inquire("2024-02-29")
    with at("2030-01-01"):
        assert sweeping.count() == {"inquiry": 1}
    assert Submission.objects.count() == 1
    assert expired() == {}


def test_of_whom_nothing_is_left_keys_identifiers_and_subject_go(inquire):
    row = inquire("2024-02-29")
    subject = row.subject_id
    assert vault.find("email", ZOE) == subject
    with at("2026-02-28"):
        done = sweeping.sweep()
    assert (done.people, done.keys >= 1) == (1, True)
    assert not Subject.objects.filter(pk=subject).exists()
    assert keystore().keys.classes_of(subject) == {}
    assert vault.find("email", ZOE) is None
    assert [one.kind for one in keystore().journal() if one.subject == subject] == ["destroyed"]


def test_who_comes_back_while_the_sweep_looks_keeps_what_is_on_record(inquire, monkeypatch):
    row = inquire("2024-02-29")
    ledger.record_now(ledger.Agreed(0, "express"), row.subject_id)
    while ledger.sequence_once():
        pass
    lock = leaving.lock_people

    def lock_late(subjects, *, using="default"):
        inquire("2026-02-28")
        lock(subjects, using=using)

    monkeypatch.setattr(leaving, "lock_people", lock_late)
    with at("2026-02-28"):
        assert sweeping.sweep().people == 0
    assert len(ledger.receipts_about(row.subject_id)) == 1


def test_who_got_data_is_known_while_anything_is_held_and_no_longer(inquire):
    row = inquire("2024-02-29")
    subscribe("2024-02-29", ADA)
    ada, zoe = (Subject.objects.get(pk=vault.find("email", one)) for one in (ADA, ZOE))
    assert zoe.pk == row.subject_id
    given = [give_away(one) for one in (ada, zoe)]
    with at("2026-02-28"):
        done = sweeping.sweep()
    assert (done.by_point, done.people) == ({"inquiry": 1}, 1)
    assert Subject.objects.get() == ada
    for rows in zip(*given, strict=True):
        assert list(type(rows[0]).objects.all()) == [rows[0]]


def give_away(subject: Subject) -> tuple[Disclosure, Permission, Reference]:
    """Something of theirs was given, as they permitted, under a reference of theirs."""
    clauses = promises.current().policy.recipients
    recipient, purpose = next((id, one.purposes[0]) for id, one in clauses.items() if one.purposes)
    permission = permissions.ask(subject, recipient, purpose, frozenset({"contact.email"}))
    assert permissions.answer(permission.pk, yes=True, seen=permission.shown_id)
    row = Disclosure.objects.create(
        subject=subject, recipient=recipient, purpose=purpose, channel="file",
        state=Disclosure.State.SENT, categories=["contact.email"],
    )  # fmt: skip
    token = giving.reference(row)
    return row, permission, Reference.objects.get(token=token)


def test_who_objected_is_not_forgotten(inquire):
    row = inquire("2024-02-29")
    vault.set_choices(row.subject_id, object_to=["answer-inquiry"])
    with at("2026-02-28"):
        assert sweeping.sweep().people == 0
    assert Submission.objects.count() == 0
    assert vault.find("email", ZOE) == row.subject_id


def test_a_key_in_whose_class_nothing_is_left_goes_alone(inquire):
    row = inquire("2024-02-29")
    subscribe("2024-02-29")
    classes = set(keystore().keys.classes_of(row.subject_id).values())
    assert {"p2y", "until-purpose-ends"} <= classes
    with at("2026-02-28"):
        done = sweeping.sweep()
    assert done.people == 0
    left = set(keystore().keys.classes_of(row.subject_id).values())
    assert left & {"p2y", "until-purpose-ends"} == {"until-purpose-ends"}
    with gate.purpose("news"):
        assert Subscription.objects.get().open("email") == ZOE


def test_an_address_that_no_row_has_any_more_is_forgotten(inquire):
    row = inquire("2024-02-29")
    vault.claim("email", "old.address@example.org", row.subject_id)
    with at("2025-01-01"):
        assert sweeping.sweep(look=True).identifiers == 1
    assert vault.find("email", "old.address@example.org") is None
    assert vault.find("email", ZOE) == row.subject_id


def test_years_without_a_sweep_are_caught_up_by_one(inquire):
    for year in range(2017, 2024):
        inquire(f"{year}-05-05", f"{year}@example.org")
    with at("2055-01-01"):
        done = sweeping.sweep()
    assert (done.by_point, done.people) == ({"inquiry": 7}, 7)


def test_a_clock_that_jumps_back_removes_nothing_too_early(inquire):
    inquire("2026-02-01")
    with at("1999-01-01"), pytest.raises(Exception, match="P002"):
        sweeping.sweep()
    with at("2016-04-01"):
        assert sweeping.sweep().rows == 0
    assert Submission.objects.count() == 1


def test_an_answer_goes_with_what_it_answers(inquire):
    row = inquire("2024-02-29")
    with at("2025-12-01"), gate.purpose("answer-inquiry"):
        answer = Answer(
            submission=row, subject_id=row.subject_id, point="inquiry", since=row.since, once="x"
        )
        answer.put("reply", "communication.message", "thank you")
        answer.save()
    with at("2026-02-28"):
        assert sweeping.sweep().by_point == {"inquiry": 2}
    assert not Answer.objects.exists()
    assert expired() == {"inquiry": 2}


def test_files_go_with_what_is_on_disk(inquire):
    row = inquire("2026-01-01")
    with at("2024-02-29"), gate.purpose("answer-inquiry", actor=gate.VISITOR):
        made = files.store(
            [b"mugs"], subject=row.subject_id, point="inquiry",
            category="communication.message", name="a.txt",
        )  # fmt: skip
    path = files.path_of(made.pk)
    assert path.exists()
    with at("2026-02-28"):
        assert sweeping.sweep().by_point == {"inquiry": 1}
    assert not SealedFile.objects.exists()
    assert not path.exists()
    assert Submission.objects.count() == 1


def test_a_shorter_keep_reaches_earlier_data_and_a_longer_one_does_not(inquire, post):
    inquire("2026-01-01")
    shorter = keeping("1 month")
    with at("2026-01-15"):
        post(shorter)
    with at("2026-01-16"):
        post(changed())
    with at("2026-02-01"):
        assert sweeping.sweep().by_point == {"inquiry": 1}


def test_who_agreed_to_a_later_version_is_kept_by_it(inquire, post):
    zoe, ada = inquire("2024-01-01"), inquire("2024-01-01", ADA)
    longer = keeping("5 years")
    with at("2025-01-01"):
        ordinal = post(longer).posted.ordinal
    vault.set_agreed(zoe.subject_id, ordinal)
    with at("2026-01-01"):
        assert sweeping.sweep().by_point == {"inquiry": 1}
    assert list(Submission.objects.values_list("subject", flat=True)) == [zoe.subject_id]
    assert ada.subject_id != zoe.subject_id
    with at("2029-01-01"):
        assert sweeping.sweep().by_point == {"inquiry": 1}


def test_news_go_when_the_last_consent_is_withdrawn(usimprints):
    row = subscribe("2026-01-01")
    with at("2045-01-01"):
        assert sweeping.sweep().rows == 0
    vault.set_choices(row.subject_id, withdraw=["news"])
    assert sweeping.sweep().rows == 0
    vault.set_choices(row.subject_id, withdraw=["other-information"])
    assert sweeping.sweep().by_point == {"news": 1}
    assert not Subscription.objects.exists()


def test_who_is_restricted_keeps_their_data(usimprints):
    row = subscribe("2026-01-01")
    vault.set_limits(row.subject_id, restricted=True)
    with at("2045-01-01"):
        assert sweeping.sweep().rows == 0


def test_a_testimonial_goes_when_it_was_taken_down(usimprints):
    with at("2026-01-01"), gate.purpose("publish-testimonial", actor=gate.VISITOR):
        person = vault.find_or_make("email", ZOE)
        vault.set_choices(person.pk, consent=["publish-testimonial"])
        row = site.Testimonial.objects.create(name="Zoe", email=ZOE, words="fine mugs")
    from kept.site import testimonials

    with at("2026-02-01"):
        assert testimonials.publish(row.pk, gate.Actor("staff", "s1"))
        assert sweeping.sweep().rows == 0
        assert testimonials.refuse(row.pk, gate.Actor("staff", "s1"))
    with at("2026-02-03"):
        assert sweeping.sweep().rows == 0
    with at("2026-02-04"):
        assert sweeping.sweep().by_point == {"testimonial": 1}


def test_what_a_client_told_goes_when_the_account_is_gone(usimprints):
    from kept.keepers.accounts.models import Profile, User

    with at("2026-01-01"), gate.purpose("serve-account", actor=gate.VISITOR):
        person = vault.find_or_make("email", ZOE)
        vault.set_choices(person.pk, consent=["serve-account", "transaction"])
        user = User(username="client-1", email=ZOE, subject=person)
        user.set_unusable_password()
        user.save()
        profile = Profile(point="account", subject=person)
        profile.put("name", "identity.name", "Zoe")
        profile.save()
    with at("2046-01-01"):
        assert sweeping.sweep().rows == 0
    User.objects.all().delete()
    with at("2046-01-01"):
        assert sweeping.sweep().by_point == {"account": 1}
    assert not Profile.objects.exists()


def test_whose_erasure_is_under_way_is_left_to_it(inquire):
    row = inquire("2024-02-29")
    vault.erase_keys(row.subject_id)
    with at("2026-02-28"):
        assert sweeping.sweep().rows == 0
        vault.purge(row.subject_id)
        assert sweeping.sweep(look=True).rows == 0
    assert not Submission.objects.exists()


def test_identifiers_and_denials_of_the_forgotten_are_gone_from_the_key_store(inquire):
    row = inquire("2024-02-29")
    vault.set_choices(row.subject_id, withdraw=["answer-inquiry"])
    subject: UUID = row.subject_id
    assert journal.denials_of(keystore().database, subject)
    with at("2026-02-28"):
        assert sweeping.sweep().people == 1
    assert journal.denials_of(keystore().database, subject) == []


def test_the_sweep_is_on_record_and_told(inquire):
    inquire("2024-02-29")
    with at("2026-02-28"):
        from kept.keepers.retention import figures, jobs
        from kept.keepers.retention.models import Sweep

        assert jobs.sweep().startswith("1 rows")
        found = figures.standing()
        assert found.removed == 1
        line = next(one for one in found.lines if one.point == "inquiry")
        assert (line.rows, line.due, line.next) == (0, 0, None)
        assert Sweep.objects.get().ended is not None
    assert ledger.Expired in {type(one) for one in pending()}

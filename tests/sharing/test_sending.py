"""A mail is decided twice, sent once, to one person, through a real server, and recorded."""

import email
import email.policy
import uuid
from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django_tasks_db.models import DBTaskResult

from kept import gate, ledger, vault
from kept._kit import clock
from kept._kit.errors import KeptError
from kept.keepers.sharing import delivering, flows, outcomes, queueing
from kept.keepers.sharing.models import Mail
from tests.sharing.conftest import CANARY, PERSON

pytestmark = pytest.mark.django_db


def send(letter, **changed):
    with gate.purpose("answer-inquiry"):
        return flows.send_mail(**{**letter, **changed})


def queue(letter):
    outcome = send(letter)
    assert isinstance(outcome, outcomes.Queued)
    return outcome.mail


def later(seconds):
    return clock.only_for_testing_at(clock.now() + timedelta(seconds=seconds))


def test_a_letter_arrives_at_the_persons_server_and_nothing_of_it_is_kept(server, letter):
    id = queue(letter)
    assert delivering.deliver(id) == outcomes.Sent()
    (taken,) = server.taken
    assert taken.rcpt_tos == [PERSON]
    message = email.message_from_bytes(taken.content, policy=email.policy.default)
    assert message["Subject"] == letter["heading"]
    assert message["To"] == PERSON
    assert message["Message-ID"] == f"<{id.hex}@usimprints.example>"
    assert message.get_content().strip() == letter["text"]
    assert not Mail.objects.exists()


def test_that_it_left_is_on_record_with_what_left_and_under_which_version(
    server, letter, monkeypatch
):
    seen = []
    real = ledger.record
    monkeypatch.setattr(ledger, "record", lambda *pair: (seen.append(pair), real(*pair))[1])
    id = queue(letter)
    assert seen == []
    delivering.deliver(id)
    ((event, subject),) = seen
    assert subject == letter["subject"]
    assert (event.recipient, event.purpose, event.row) == ("subject", "answer-inquiry", id)
    assert event.categories == ("communication.message", "contact.email")
    assert event.version == letter["collected"]


def test_nothing_is_in_clear_while_it_waits(letter):
    queue(letter)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = str(cursor.fetchall())
            assert CANARY not in rows, table
            assert PERSON not in rows, table
    assert Mail.objects.count() == 1


def test_the_job_knows_an_id_and_nothing_else(letter, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        id = queue(letter)
    (job,) = DBTaskResult.objects.all()
    assert job.args_kwargs == {"args": [str(id)], "kwargs": {}}


def test_a_rolled_back_letter_is_neither_kept_nor_queued(
    letter, django_capture_on_commit_callbacks
):
    with (
        django_capture_on_commit_callbacks(execute=True),
        suppress(ZeroDivisionError),
        transaction.atomic(),
    ):
        queue(letter)
        raise ZeroDivisionError
    assert not Mail.objects.exists()
    assert not DBTaskResult.objects.exists()


def test_without_consent_nothing_is_kept_or_sent_and_the_decision_says_why(letter, person):
    vault.set_choices(person.pk, withdraw=["answer-inquiry"])
    outcome = send(letter)
    assert isinstance(outcome, outcomes.Denied)
    assert any("consent" in hit.says for hit in outcome.decision.rules)
    assert not Mail.objects.exists()


def test_consent_withdrawn_while_it_waits_stops_it(server, letter, person):
    id = queue(letter)
    vault.set_choices(person.pk, withdraw=["answer-inquiry"])
    outcome = delivering.deliver(id)
    assert isinstance(outcome, outcomes.Denied)
    assert server.taken == []
    assert Mail.objects.get().state == Mail.State.DENIED


def test_a_purpose_that_the_address_was_not_given_for_is_denied(letter):
    with gate.purpose("news"):
        outcome = flows.send_mail(**{**letter, "purpose": "news"})
    assert isinstance(outcome, outcomes.Denied)


def test_an_address_that_is_not_the_persons_is_refused(letter):
    with pytest.raises(KeptError) as caught:
        send(letter, to="max@example.org")
    assert caught.value.code.id == "S004"
    assert not Mail.objects.exists()


def test_somebody_elses_address_is_refused_too(letter):
    vault.find_or_make("email", "max@example.org")
    with pytest.raises(KeptError) as caught:
        send(letter, to="max@example.org")
    assert caught.value.code.id == "S004"


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("heading", "Hi\r\nBcc: all@example.org"),
        ("heading", "Hi\x00"),
        ("text", "Hi\x00"),
        ("to", f"{PERSON}\nBcc: all@example.org"),
        ("to", f"{PERSON}, all@example.org"),
    ],
)
def test_what_would_become_a_header_is_refused_and_not_kept(letter, part, value):
    with pytest.raises(KeptError) as caught:
        send(letter, **{part: value})
    assert caught.value.code.id in ("S001", "S002", "S003")
    assert not Mail.objects.exists()


def test_a_mail_is_sent_once_however_often_the_job_runs(server, letter):
    id = queue(letter)
    assert delivering.deliver(id) == outcomes.Sent()
    assert delivering.deliver(id) == outcomes.Nothing()
    assert len(server.taken) == 1


def test_a_mail_that_another_worker_holds_is_left_alone(server, letter):
    id = queue(letter)
    Mail.objects.filter(pk=id).update(
        state=Mail.State.SENDING, leased_until=clock.now() + queueing.LEASE
    )
    assert delivering.deliver(id) == outcomes.Nothing()
    with later(queueing.LEASE.total_seconds() + 1):
        assert delivering.deliver(id) == outcomes.Sent()


def test_an_unknown_mail_is_nothing_to_do(person, unknown):
    assert delivering.deliver(unknown) == outcomes.Nothing()


def test_a_busy_server_is_tried_again_with_pauses_until_it_is_given_up(server, letter):
    server.answer = "451 later"
    id = queue(letter)
    waited = []
    moment = clock.now()
    for _ in range(20):
        with clock.only_for_testing_at(moment):
            outcome = delivering.deliver(id)
        if not isinstance(outcome, outcomes.Later):
            break
        waited.append(outcome.seconds)
        moment += timedelta(seconds=outcome.seconds)
    assert tuple(waited) == queueing.PAUSES
    assert outcome == outcomes.Failed("SMTPDataError 451")
    assert Mail.objects.get().state == Mail.State.FAILED


def test_it_is_not_tried_again_before_its_time(server, letter):
    server.answer = "451 later"
    id = queue(letter)
    delivering.deliver(id)
    assert delivering.deliver(id) == outcomes.Nothing()


def test_a_final_refusal_is_shown_and_holds_no_address(server, letter):
    server.rcpt = "550 no such user zoe"
    id = queue(letter)
    assert delivering.deliver(id) == outcomes.Failed("SMTPRecipientsRefused 550")
    (problem,) = flows.problems()
    assert (problem.pk, problem.failure) == (id, "SMTPRecipientsRefused 550")


def test_nobody_listening_is_a_failure_that_passes(settings, server, letter):
    id = queue(letter)
    settings.EMAIL_PORT = 1
    assert isinstance(delivering.deliver(id), outcomes.Later)
    settings.EMAIL_PORT = 0


def test_a_person_can_try_a_failed_mail_again(server, letter, django_capture_on_commit_callbacks):
    server.rcpt = "550 no"
    id = queue(letter)
    delivering.deliver(id)
    server.rcpt = "250 OK"
    with django_capture_on_commit_callbacks(execute=True):
        assert flows.try_again(id)
    assert DBTaskResult.objects.count() == 1
    assert delivering.deliver(id) == outcomes.Sent()
    assert not flows.try_again(id)


def test_a_person_can_give_a_failed_mail_up(server, letter):
    server.rcpt = "550 no"
    id = queue(letter)
    delivering.deliver(id)
    assert flows.give_up(id)
    assert not Mail.objects.exists()
    assert not flows.give_up(id)


def test_a_waiting_mail_cannot_be_given_up(letter):
    id = queue(letter)
    assert not flows.give_up(id)
    assert Mail.objects.count() == 1


def test_what_a_crash_left_is_queued_again(letter, django_capture_on_commit_callbacks):
    id = queue(letter)
    Mail.objects.update(state=Mail.State.SENDING, leased_until=clock.now())
    other = queue(letter)
    with later(3600), django_capture_on_commit_callbacks(execute=True):
        assert flows.resume() == 2
    queued = {job.args_kwargs["args"][0] for job in DBTaskResult.objects.all()}
    assert queued == {str(id), str(other)}


def test_an_erased_persons_mail_is_not_sent(server, letter, person):
    id = queue(letter)
    type(person).objects.filter(pk=person.pk).update(state="erasing")
    assert isinstance(delivering.deliver(id), outcomes.Denied)
    assert server.taken == []


def test_a_changed_envelope_is_not_sent_and_is_shown(server, letter):
    id = queue(letter)
    other = queue(letter)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kept_sharing_mail SET sealed ="
            " (SELECT sealed FROM kept_sharing_mail WHERE id = %s) WHERE id = %s",
            [_raw(other), _raw(id)],
        )
    assert delivering.deliver(id) == outcomes.Failed("V002")
    assert server.taken == []
    assert [mail.pk for mail in flows.problems()] == [id]


def _raw(id: uuid.UUID) -> object:
    return id.hex if connection.vendor == "sqlite" else id


@pytest.mark.django_db(transaction=True)
def test_the_whole_way_by_the_job_worker(server, letter):
    queue(letter)
    call_command("db_worker", "--batch", "--no-startup-delay", verbosity=0)
    assert [one.rcpt_tos for one in server.taken] == [[PERSON]]
    (job,) = DBTaskResult.objects.all()
    assert (job.status, job.return_value) == ("SUCCESSFUL", "sent")


def test_a_letter_for_nobody_we_know_is_refused(letter):
    with pytest.raises(KeptError):
        send(letter, subject=uuid.uuid4())

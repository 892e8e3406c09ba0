"""The jobs of accounts: mails that are tried again, one chain of sweeps."""

from datetime import timedelta

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django_tasks_db.models import DBTaskResult

from kept._kit import clock
from kept.keepers.accounts import jobs, links, writing
from kept.keepers.accounts.models import Link
from kept.keepers.sharing.queueing import PAUSES
from tests.accounts.person import TYPED, deliver, link_in

BROKEN = "tests.accounts.test_jobs.Broken"


class Broken(BaseEmailBackend):
    """A mail server that is down."""

    def send_messages(self, messages):
        raise ConnectionRefusedError(f"to {messages[0].to}")


def test_a_mail_that_does_not_leave_is_tried_again_and_its_link_still_opens(person, settings):
    person.send()
    row = Link.objects.get()
    working, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, BROKEN
    waits = [writing.write(row.pk).again for _ in range(2)]
    assert waits == list(PAUSES[:2])
    settings.EMAIL_BACKEND = working
    (message,) = deliver()
    assert person.browser.post(link_in(message)).status_code == 302


def test_a_mail_that_never_leaves_is_given_up_with_what_was_typed(person, settings):
    person.send()
    row = Link.objects.get()
    settings.EMAIL_BACKEND = BROKEN
    words = [writing.write(row.pk).word for _ in range(len(PAUSES) + 1)]
    assert words[-2:] == ["later", "failed"]
    assert not Link.objects.exists()


def test_a_mail_whose_link_is_over_is_not_sent(person):
    person.send()
    with clock.only_for_testing_at(clock.now() + links.LASTS + timedelta(hours=1)):
        assert deliver() == []


@pytest.mark.django_db(transaction=True)
def test_the_queue_holds_ids_only(person, settings):
    settings.EMAIL_BACKEND = BROKEN
    person.send()
    (job,) = DBTaskResult.objects.filter(task_path=jobs.write.module_path)
    assert job.args_kwargs == {"args": [str(Link.objects.get().pk)], "kwargs": {}}
    jobs.write.func(*job.args_kwargs["args"])
    rows = str(list(DBTaskResult.objects.values()))
    assert not [one for one in TYPED.values() if one in rows and one != "on"]
    assert DBTaskResult.objects.count() == 2, "the second attempt is queued"

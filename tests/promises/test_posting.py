"""The policy file runs the site once it is posted, and what was posted stays as it was."""

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import IntegrityError

from kept import gate, promises
from kept._kit import clock
from kept._kit.errors import KeptError
from kept.ledger.models import Outbox
from kept.promises import versions
from kept.promises.models import PolicyVersion, PurposeBit
from tests.posting import USIMPRINTS, changed

FUTURE = changed(("effective = 2016-03-16", "effective = 2999-01-01"))
OTHER = changed(("answer your requests for information", "answer your questions"))
MORE = USIMPRINTS + '\n[purposes.survey]\nsays = "ask what you think"\nbasis = "consent"\n'


def test_posting_the_same_text_again_changes_nothing(usimprints, post):
    again = post(USIMPRINTS)
    assert usimprints.new
    assert not again.new
    assert again.posted.ordinal == 0
    assert PolicyVersion.objects.count() == 1


def test_a_changed_text_is_a_new_version_even_under_the_same_label(usimprints, post):
    adopted = post(OTHER)
    assert adopted.posted.ordinal == 1
    assert adopted.same_label
    assert [one.policy.text for one in promises.history()] == [USIMPRINTS, OTHER]


def test_going_back_to_an_earlier_text_is_a_new_version(usimprints, post):
    post(OTHER)
    assert post(USIMPRINTS).posted.ordinal == 2


def test_a_text_with_errors_is_not_posted_and_says_why(usimprints, post):
    with pytest.raises(KeptError, match=r"E\d+ .*`newsletterr`"):
        post(changed(('for = ["answer-inquiry"]', 'for = ["newsletterr"]')))
    assert promises.current().policy.text == USIMPRINTS


def test_a_posting_is_recorded_in_the_ledger(usimprints):
    assert Outbox.objects.filter(subject=None).count() == 1


def test_a_posted_version_cannot_be_saved_again(usimprints):
    row = PolicyVersion.objects.get()
    row.text = "edited"
    with pytest.raises(IntegrityError):
        row.save()


def test_a_version_counts_from_its_effective_date_on(usimprints, post):
    post(FUTURE)
    assert promises.current().ordinal == 0
    with clock.only_for_testing_at(datetime(2999, 1, 1, tzinfo=UTC)):
        assert promises.current().ordinal == 1
    assert promises.current().ordinal == 0


def test_without_any_version_in_force_nothing_is_decided(db):
    versions.only_for_testing_forget()
    with pytest.raises(KeptError, match="P002"):
        gate.in_force()


def test_the_bit_of_a_purpose_never_changes(usimprints, post):
    before = dict(PurposeBit.objects.values_list("purpose", "bit"))
    post(MORE.replace("[purposes.answer-inquiry]", "[purposes.survey2]\nsays = \"x\"\n"
                      "basis = \"consent\"\n\n[purposes.answer-inquiry]"))  # fmt: skip
    after = dict(PurposeBit.objects.values_list("purpose", "bit"))
    assert {name: after[name] for name in before} == before
    assert len(set(after.values())) == len(after) == len(before) + 2


@pytest.mark.django_db(transaction=True)
def test_another_process_sees_a_posting(usimprints, post, settings):
    """The stamp file tells a running process; no query is made while nothing was posted."""
    assert promises.current().ordinal == 0
    file = settings.KEPT["POLICY"]
    script = (
        "import django; django.setup(); from django.conf import settings as s;"
        f"from pathlib import Path; s.KEPT = {{**s.KEPT, 'POLICY': Path({str(file)!r})}};"
        "from kept import promises; print(promises.adopt().posted.ordinal)"
    )
    file.write_text(OTHER)
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=env, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "1", done.stderr
    for _ in range(200):
        if promises.current().ordinal == 1:
            break
        asyncio.run(asyncio.sleep(0.02))
    assert promises.current().policy.text == OTHER


@pytest.mark.django_db(transaction=True)
def test_what_is_in_force_can_be_asked_inside_an_event_loop(usimprints):
    versions.only_for_testing_forget()

    async def ask():
        return promises.current().ordinal

    assert asyncio.run(ask()) == 0


def test_migrations_are_complete_and_depend_on_no_policy(db):
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)

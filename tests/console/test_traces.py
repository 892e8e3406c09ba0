"""What people and the operator typed stands in clear nowhere: raw bytes of every file and table."""

import os
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from kept.keepers.sharing import mailbox
from kept.keepers.sharing.models import Mail
from tests.browser.traces import traces
from tests.console.conftest import INQUIRY, answering
from tests.raw import files_under
from tests.settings import WORLD

ANSWER = "The mugs heron-2ee8 are ready."
TYPED = {
    "name": INQUIRY["name"],
    "address": INQUIRY["email"],
    "request": "canary-4f1d",
    "answer": "heron-2ee8",
    "subject": "Your egret-77aa mugs",
}


@pytest.mark.django_db(transaction=True)
def test_a_request_its_answer_and_its_mail_are_in_clear_nowhere(inquiry, desk):
    form = answering(desk, inquiry, text=ANSWER, heading="Your egret-77aa mugs")
    assert desk.post(f"/console/inbox/{inquiry.pk}/", form).status_code == 302
    assert traces(TYPED, _everything()) == []
    assert traces({"the mail's id": str(Mail.objects.get().pk)}, _everything()), "looked nowhere"
    call_command("db_worker", "--batch", "--no-startup-delay", verbosity=0)
    newest = mailbox.ids()[0]
    assert ANSWER in desk.get(f"/mailbox/{newest}/").content.decode()
    assert traces(TYPED, _everything()) == []


def _everything() -> list[Path]:
    """Every file of the run: roots, databases, write-ahead logs; of PostgreSQL whole clusters."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("CHECKPOINT")
    clusters = [os.environ.get(f"KEPT_TEST_PG_{role}") for role in ("DATA", "KEYS")]
    return files_under(WORLD.root, *(Path(one) for one in clusters if one))

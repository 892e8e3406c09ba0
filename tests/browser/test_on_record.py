"""What the operator opens and sends is on record, under the person it is about, and verifiable."""

import json
import subprocess
import sys
import time
from collections.abc import Callable

from tests.browser import journey
from tests.browser.journey import Typed

_SUBJECTS = "from kept.vault.models import Subject as S\nfor one in S.objects.all(): print(one.pk)"


def the_subject(site) -> str:
    """The id of the only person the site knows."""
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--verbosity=0", "-c", _SUBJECTS],
        cwd=site.folder,
        env=site.made.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    (found,) = done.stdout.split()
    return found


def receipts(site, folder, subject: str) -> list[dict]:
    """The events of one subject's receipts, each verified offline by the command line."""
    into = folder / str(time.monotonic_ns())
    site.made.kept("ledger", "receipt", "--subject", subject, "--into", str(into))
    events = []
    for path in sorted(into.glob("*.receipt")):
        verified = site.made.kept("ledger", "verify", str(path), "--json")
        assert verified.returncode in (0, 3), verified.stderr  # 3: nobody vouched for the key yet
        events.append(json.loads(verified.stdout)["event"])
    return events


def eventually(ask: Callable[[], list[dict]], kinds: set[str]) -> list[dict]:
    """What `ask` gives once all of `kinds` are there: events wait for the next batch."""
    for _ in range(20):
        events = ask()
        if kinds <= {one["kind"] for one in events}:
            return events
        time.sleep(1)
    raise AssertionError(f"only {[one['kind'] for one in events]}")


def test_reading_and_answering_leave_receipts_that_verify(site, open_page, tmp_path):
    typed = Typed()
    guest, staff = open_page(), open_page()
    journey.ask(guest, typed, consent=True)
    journey.expect_path(guest, "/thanks/")
    subject = the_subject(site)
    before = eventually(lambda: receipts(site, tmp_path, subject), {"Collected", "Consented"})
    assert {one["kind"] for one in before} == {"Collected", "Consented"}

    journey.start_operating(staff, site, typed)
    journey.answer(staff, typed)
    journey.read_mail(staff, typed)
    events = eventually(lambda: receipts(site, tmp_path, subject), {"Opened", "Sent"})
    opened = [one for one in events if one["kind"] == "Opened"]  # within a day in no order
    assert {(one["purpose"], one["actor"]) for one in opened} == {("answer-inquiry", "staff")}
    whole = {"identity.name", "contact.email", "communication.message"}
    assert any(whole <= set(one["categories"]) for one in opened), opened
    sent = next(one for one in events if one["kind"] == "Sent")
    assert sent["purpose"] == "answer-inquiry"
    said = json.dumps(events)
    assert not any(text in said for text in typed.inquiry.values())

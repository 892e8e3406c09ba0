"""Runs the host project once and tells, as JSON, what became of each page."""

import json
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.vault.hosts.settings"
django.setup()

from django.core.management import call_command  # noqa: E402 - Django has to be set up first
from django.test import Client  # noqa: E402

from kept import gate, ledger  # noqa: E402
from kept.vault.errors import RefusedError  # noqa: E402
from tests.vault.host.models import Inquiry, Note  # noqa: E402
from tests.vault.hosts.clinic.models import Staff  # noqa: E402
from tests.vault.policies import gate_of  # noqa: E402

PAGES: dict[str, Callable[[], Any]] = {}


def page(function: Callable[[], Any]) -> Callable[[], Any]:
    """One thing to try."""
    PAGES[function.__name__] = function
    return function


client = Client(raise_request_exception=True)
told: list[Any] = []


def made() -> Any:
    with gate.purpose("serve"):
        return Inquiry.objects.create(name="Zoe", email=f"{os.urandom(4).hex()}@x.org")


def stored(row: Any) -> Any:
    return Inquiry.objects.get(pk=row.pk)


def opened(row: Any) -> tuple[str, str]:
    with gate.purpose("serve"):
        row = stored(row)
        return row.name, row.email


def form(**more: str) -> dict[str, str]:
    inline = {"notes-TOTAL_FORMS": "0", "notes-INITIAL_FORMS": "0"}
    return {"phone": "", "message": "", "state": "new", **inline, **more}


def refused(place: str, told: str = "filter in Python", **query: str) -> None:
    """It would look inside sealed fields; the error says what to do instead."""
    try:
        client.get(place, query, follow=True)
    except RefusedError as error:
        text = str(error)
    else:
        text = "not refused"
    assert told in text, text


@page
def admin_list() -> None:
    row = made()
    told.clear()
    text = client.get("/admin/vaulttests/inquiry/").content.decode()
    assert "Zoe" in text
    assert row.subject_id in {subject for _, subject in told}
    assert {event.actor for event, _ in told} == {"staff"}


@page
def admin_search_by_the_exact_identifier() -> None:
    row, other = made(), made()
    with gate.purpose("serve"):
        email = stored(row).email
    text = client.get("/admin/vaulttests/inquiry/", {"q": email}).content.decode()
    assert str(row.pk) in text
    assert str(other.pk) not in text


@page
def admin_search_in_another_sealed_field_is_refused() -> None:
    refused("/admin/vaulttests/note/", q="zoe")


@page
def admin_sorting_by_a_sealed_column_is_refused() -> None:
    made()
    for column in ("2", "-3"):  # name, email
        refused("/admin/vaulttests/inquiry/", "read the attribute in Python", o=column)
    assert client.get("/admin/vaulttests/inquiry/", {"o": "4"}).status_code == 200  # state


@page
def admin_of_what_can_be_sorted_offers_no_other_column() -> None:
    made()
    text = client.get("/admin/clinic/staff/").content.decode()
    assert "?o=1" in text
    assert "?o=2" not in text


@page
def admin_add_change_delete_and_history_name_nobody() -> None:
    email = f"{os.urandom(4).hex()}@x.org"
    answer = client.post("/admin/vaulttests/inquiry/add/", form(name="Mia", email=email))
    assert answer.status_code == 302, answer.content.decode()[:2000]
    with gate.purpose("serve"):
        row = Inquiry.objects.get(email=email)
    place = f"/admin/vaulttests/inquiry/{row.pk}/"
    assert "Mia" in client.get(f"{place}change/").content.decode()
    answer = client.post(f"{place}change/", form(name="Ada", email=email))
    assert answer.status_code == 302
    assert opened(row) == ("Ada", email)
    bad = client.post(f"{place}change/", form(name="x" * 21, email="no"))
    assert bad.status_code == 200
    assert opened(row) == ("Ada", email)
    answer = client.post(f"{place}delete/", {"post": "yes"})
    assert answer.status_code == 302
    from django.contrib.admin.models import LogEntry

    texts = {entry.object_repr for entry in LogEntry.objects.filter(object_id=str(row.pk))}
    assert texts == {f"inquiry {row.pk}"}
    messages = " ".join(entry.change_message for entry in LogEntry.objects.all())
    assert "Ada" not in messages
    assert email not in messages


@page
def admin_inline_texts_are_not_logged() -> None:
    from django.contrib.admin.models import LogEntry

    row = made()
    with gate.purpose("serve"):
        email = stored(row).email
    Note.__str__ = lambda self: f"note {self.word}"  # type: ignore[method-assign]
    inline = {
        "notes-TOTAL_FORMS": "1", "notes-INITIAL_FORMS": "0", "notes-0-word": "secret",
    }  # fmt: skip
    place = f"/admin/vaulttests/inquiry/{row.pk}/change/"
    answer = client.post(place, {**form(name="Zoe", email=email), **inline})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    assert Note.objects.filter(word="secret").exists()
    entry = LogEntry.objects.filter(object_id=str(row.pk)).latest("pk")
    assert "note" in entry.change_message
    assert "secret" not in entry.change_message


@page
def admin_bulk_action_logs_type_and_id() -> None:
    from django.contrib.admin.models import LogEntry

    rows = [made(), made()]
    given = {"action": "delete_selected", "_selected_action": [str(row.pk) for row in rows]}
    answer = client.post("/admin/vaulttests/inquiry/", {**given, "post": "yes"})
    assert answer.status_code == 302
    found = LogEntry.objects.filter(object_id__in=[str(row.pk) for row in rows])
    assert {entry.object_repr for entry in found} == {f"inquiry {row.pk}" for row in rows}


@page
def admin_users() -> None:
    with gate.purpose("serve"):
        Staff.objects.create_user("nurse", "pass", email=f"{os.urandom(4).hex()}@x.org")
    text = client.get("/admin/clinic/staff/").content.decode()
    assert "nurse" in text
    assert "@x.org" in text
    row = Staff.objects.get(username="nurse")
    text = client.get(f"/admin/clinic/staff/{row.pk}/change/").content.decode()
    assert "@x.org" in text


@page
def rest_all_fields_leaves_sealed_ones_out() -> None:
    row = made()
    found = client.get(f"/api/whole/{row.pk}/").json()
    assert set(found) == {"id", "subject", "collected", "since", "revision", "state"}


@page
def rest_named_fields_read_and_write() -> None:
    row, email = made(), f"{os.urandom(4).hex()}@x.org"
    assert client.get(f"/api/named/{row.pk}/").json()["name"] == "Zoe"
    answer = client.patch(f"/api/named/{row.pk}/", {"name": "Mia"}, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert opened(row)[0] == "Mia"
    answer = client.post(
        "/api/named/", {"name": "Neu", "email": email, "state": "new"},
        content_type="application/json",
    )  # fmt: skip
    assert answer.status_code == 201, answer.content
    assert opened(Inquiry(pk=answer.json()["id"]))[1] == email


@page
def wagtail_lists_users() -> None:
    with gate.purpose("serve"):
        Staff.objects.create_user("editor", "pass", email=f"{os.urandom(4).hex()}@x.org")
    for place in ("/cms/users/", "/cms/users/?ordering=username"):
        answer = client.get(place, follow=True)
        assert answer.status_code == 200
        assert "editor" in answer.content.decode()


@page
def wagtail_search_of_users_by_part_of_an_email_is_refused() -> None:
    refused("/cms/users/", q="edi")


@page
def wagtail_edits_a_user() -> None:
    with gate.purpose("serve"):
        row = Staff.objects.create_user("author", "pass", email=f"{os.urandom(4).hex()}@x.org")
    text = client.get(f"/cms/users/edit/{row.pk}/").content.decode()
    assert "author" in text


def run() -> dict[str, str]:
    """What became of each: `ok`, or the error."""
    call_command("migrate", verbosity=0, skip_checks=True)
    Staff.objects.all().delete()
    chief = Staff.objects.create_superuser("chief", "pass")
    client.force_login(chief)
    tell = ledger.record_now_many

    def telling(pairs: Any) -> Any:
        listed = list(pairs)
        told.extend(listed)
        return tell(listed)

    ledger.record_now_many = telling  # type: ignore[assignment]
    results = {}
    for name, attempt in PAGES.items():
        try:
            attempt()
            results[name] = "ok"
        except BaseException:
            results[name] = traceback.format_exc(limit=-4)
    return results


if __name__ == "__main__":
    with gate.only_for_testing_in_force(gate_of()):
        sys.stdout.write("RESULTS " + json.dumps(run()) + "\n")

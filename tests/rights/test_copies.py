"""A copy of everything: whole, readable without us, theirs alone, and gone on its day."""

import csv
import io
import json
from datetime import timedelta

import jsonschema
import pytest
from django.db import DatabaseError, connection

from kept import gate, promises, vault
from kept._kit import clock
from kept.keepers.consent import flows as consent
from kept.keepers.forms.models import Submission
from kept.keepers.retention import sweeping as retention
from kept.keepers.rights import fetching, progress, sweeping
from kept.keepers.rights.models import Link, Package, Request
from kept.keepers.rights.package import archive, machine, records
from kept.vault import files
from kept.vault.models import SealedFile
from tests.rights.person import ADDRESS, Asker, body, link_in, links_in, to, unpack, work

pytestmark = pytest.mark.django_db
OTHER = "bea.other-77aa@example.org"


def copy_of(asker: Asker, kind: str = "access") -> dict[str, bytes]:
    """Ask on the site, follow both links, unpack."""
    asker.confirm(kind)
    told = to(work(), asker.address, "Your copy is ready")
    return unpack(body(asker.browser.post(link_in(told, "fetch"))))


def document(found: dict[str, bytes]) -> dict:
    made = json.loads(found["data.json"])
    jsonschema.validate(made, json.loads(found["data.schema.json"]))
    return made


def values(made: dict) -> list[str]:
    return [
        str(value["value"])
        for table in made["tables"]
        for record in table["records"]
        for value in record["values"]
    ]


def test_it_holds_everything_that_was_typed_in_each_form(zoe):
    found = copy_of(zoe)
    typed = ("Zoë Canary-91be", ADDRESS, "+1 555 0191", "Forty mugs canary-91be, please.")
    made = document(found)
    for text in typed:
        assert text in values(made)
        assert any(text in one.decode() for name, one in found.items() if name.endswith(".html"))
        assert any(text in one.decode() for name, one in found.items() if name.endswith(".csv"))
    assert "Canary &amp; Daughters" in found["read/forms-submission.html"].decode()


def test_what_waits_for_its_turn_is_sealed_where_it_stands_on_a_disk(zoe, monkeypatch):
    from kept.keepers.rights.package import spool

    monkeypatch.setattr(spool, "PART", 64)
    waiting = spool.Spool()
    pieces = [b"canary-91be " * 3] * 10
    for piece in pieces:
        waiting.write(piece)
    waiting._file.seek(0)
    stored = waiting._file.read()
    assert len(stored) > 300
    assert b"canary" not in stored
    assert b"".join(waiting.read()) == b"".join(pieces)

    found = copy_of(zoe)  # each form is whole, whatever had to wait
    assert "Forty mugs canary-91be, please." in values(document(found))
    assert "Forty mugs canary-91be, please." in found["tables/forms-submission.csv"].decode()


def test_every_table_was_looked_at_and_reached_what_was_expected(zoe):
    made = document(copy_of(zoe))
    labels = {one["table"] for one in made["tables"]}
    assert labels == {one.holding.label for one in vault.everything(zoe.subject)}
    assert all(one["reached"] == one["expected"] for one in made["tables"])
    assert all(one["failed"] == "" for one in made["tables"])
    request = Request.objects.get()
    assert request.state == "done"
    assert request.expected == request.reached > 0


def test_an_empty_table_is_told_from_one_that_nobody_looked_at(zoe):
    page = copy_of(zoe)["index.html"].decode()
    assert "Looked at, and nothing there" in page
    assert "Commenters" not in page


def test_pages_open_without_a_network_and_lead_to_each_other(zoe):
    found = copy_of(zoe)
    for name, data in found.items():
        if not name.endswith(".html"):
            continue
        page = data.decode()
        assert "<script" not in page
        assert "http://" not in page.replace("http://www.w3.org", "")
        assert "https://" not in page
        for link in page.split('href="')[1:]:
            target = link.split('"')[0]
            folder = name.rpartition("/")[0]
            parts = f"{folder}/{target}".split("/")
            while ".." in parts:
                at = parts.index("..")
                parts[at - 1 : at + 1] = []
            assert "/".join(one for one in parts if one) in found, (name, target)


def test_it_says_why_how_long_and_to_whom(zoe):
    page = copy_of(zoe)["index.html"].decode()
    assert "answer your requests for information or services (consent)" in page
    assert "for 2 years" in page
    first = (clock.today().replace(year=clock.today().year + 2)).strftime("%B %Y")
    assert first in copy_of(zoe)["read/forms-submission.html"].decode()


def test_markup_that_somebody_typed_stays_text(world):
    evil = Asker("evil@example.org")
    evil.inquire(name="<script>alert(1)</script>", message='"><img src=x onerror=1>')
    found = copy_of(evil)
    page = found["read/forms-submission.html"].decode()
    assert "<script>" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page


def test_a_cell_that_a_spreadsheet_would_run_is_defused_and_the_json_is_exact(world):
    evil = Asker("evil@example.org")
    evil.inquire(message="=HYPERLINK(1)", company="@SUM(A1)")
    found = copy_of(evil)
    rows = list(csv.reader(io.StringIO(found["tables/forms-submission.csv"].decode())))
    shown = [row[-1] for row in rows]
    assert "'=HYPERLINK(1)" in shown
    assert "'@SUM(A1)" in shown
    assert "+1 555 0191" in shown, "a phone number is no formula"
    assert "=HYPERLINK(1)" in values(document(found))


def test_nothing_of_anybody_else_is_in_it(zoe):
    Asker(OTHER).inquire(name="Bea Other-77aa", message="mine alone 77aa")
    whole = b"".join(copy_of(zoe).values())
    assert b"77aa" not in whole
    assert str(vault.find("email", OTHER)).encode() not in whole


def test_a_reference_to_another_persons_row_is_left_out(zoe):
    """A row of hers that hangs on a row of somebody else's."""
    from tests.vault.host.models import Inquiry, Note

    with gate.purpose("answer-inquiry"):
        other = vault.find_or_make("email", OTHER)
        consent.give(other.pk, point="inquiry", purposes=["answer-inquiry"], shown="x")
        theirs = Inquiry(name="Bea", email=OTHER, message="m", subject=other)
        theirs.save()
    row = Note(inquiry=theirs, word="w")
    found = records._theirs([row], zoe.subject)
    assert found["inquiry"] == set()
    assert records._theirs([row], other.pk)["inquiry"] == {theirs.pk}


def test_secrets_are_named_and_left_out(client_of_ours):
    client_of_ours.in_account("access")
    work()
    package = Package.objects.get()
    found = unpack(b"".join(fetching.open_copy(package)))
    made = document(found)
    user = next(one for one in made["tables"] if one["table"] == "kept_accounts.User")
    assert "password" in user["left_out"]
    names = {value["name"] for record in user["records"] for value in record["values"]}
    assert not names & {"password", "sealed"}
    session = next(one for one in made["tables"] if one["table"] == "kept_accounts.OpenSession")
    shown = {value["name"] for record in session["records"] for value in record["values"]}
    assert not shown & {"session_key", "session_data"}
    hashed = client_of_ours.user.password.encode()
    assert hashed not in b"".join(found.values())


def test_consents_stand_in_it_with_their_words_and_their_end(zoe):
    consent.withdraw(zoe.subject, ["answer-inquiry"])
    page = copy_of(zoe)["read/consents.html"].decode()
    assert "You agreed that we answer your requests" in page
    assert "taken back on" in page
    assert "You agree that we use what you send here" in page


def test_files_are_in_it_and_earlier_copies_are_not(zoe):
    with gate.purpose("answer-inquiry"):
        files.store(
            [b"a drawing canary-file"], subject=zoe.subject, point="inquiry",
            category="communication.message", name="../draw ing.txt",
        )  # fmt: skip
    first = copy_of(zoe)
    names = [name for name in first if name.startswith("files/")]
    assert len(names) == 1
    assert first[names[0]] == b"a drawing canary-file"
    assert ".." not in names[0]
    second = copy_of(zoe)
    assert len([name for name in second if name.startswith("files/")]) == 1


def test_it_is_never_public_and_never_attached(zoe):
    zoe.confirm("access")
    told = to(work(), heading="Your copy is ready")
    assert told.attachments == []
    package = Package.objects.get()
    stored = files.path_of(package.file_id).read_bytes()
    assert b"canary" not in stored
    assert stored[:2] != b"PK"
    stranger = Asker("x@example.org").browser
    for path in links_in(told):
        page = stranger.get(path)
        assert b"canary" not in page.content
    assert stranger.get(f"/privacy/requests/fetch/{package.pk}/").status_code == 410


def test_the_link_is_over_when_the_last_part_has_left_and_another_goes_to_the_same_address(zoe):
    zoe.confirm("access")
    told = to(work(), heading="Your copy is ready")
    path = link_in(told, "fetch")
    assert zoe.browser.get(path).status_code == 200
    half = zoe.browser.post(path)
    next(iter(half.streaming_content))
    assert zoe.browser.get(path).status_code == 200, "a broken download may be tried again"
    whole = zoe.browser.post(path)
    assert "no-store" in whole["Cache-Control"]
    assert whole["Content-Disposition"].startswith('attachment; filename="usimprints-')
    assert unpack(body(whole))
    assert zoe.browser.post(path).status_code == 410
    status = link_in(told, "status")
    zoe.browser.post(status)
    again = to(work(), heading="Your copy is ready")
    assert unpack(body(zoe.browser.post(link_in(again, "fetch"))))


def test_it_goes_on_its_day_and_its_file_with_it(zoe, django_capture_on_commit_callbacks):
    zoe.confirm("access")
    told = to(work(), heading="Your copy is ready")
    package = Package.objects.get()
    path = files.path_of(package.file_id)
    with clock.only_for_testing_at(clock.now() + timedelta(days=8)):
        assert zoe.browser.get(link_in(told, "fetch")).status_code == 410
        with django_capture_on_commit_callbacks(execute=True):
            sweeping.sweep()
    assert not Package.objects.exists()
    assert not SealedFile.objects.filter(pk=package.file_id).exists()
    assert not path.exists()


def test_where_its_keep_is_over_before_its_day_retention_takes_it_and_stops_at_nothing(zoe):
    """A short keep of requests, or a site that stood still for years and sweeps rows first."""
    zoe.confirm("access")
    told = to(work(), heading="Your copy is ready")
    package = Package.objects.get()
    with clock.only_for_testing_at(clock.now() + timedelta(days=3 * 365)):
        Package.objects.update(ends=clock.today() + timedelta(days=1))
        retention.sweep()
        assert not SealedFile.objects.filter(pk=package.file_id).exists()
        assert not Package.objects.exists()
        assert retention.count() == {}
        assert zoe.browser.get(link_in(told, "fetch")).status_code == 410


def test_one_failing_table_stops_no_other_and_the_request_is_not_done(zoe, monkeypatch):
    real = records._Form.record

    def fail(self, row, *told):
        if isinstance(row, Submission):
            raise DatabaseError("disk image is malformed: zoe.canary")
        return real(self, row, *told)

    with monkeypatch.context() as broken:
        broken.setattr(records._Form, "record", fail)
        zoe.confirm("access")
        told = to(work(), heading="Your copy is ready")
    assert "not complete yet" in str(told.body)
    request = Request.objects.get()
    assert request.state == "working"
    assert request.failure == "kept_forms.Submission"
    assert request.reached < request.expected
    found = unpack(body(zoe.browser.post(link_in(told, "fetch"))))
    assert "Not complete." in found["index.html"].decode()
    made = document(found)
    failed = {one["table"]: one["failed"] for one in made["tables"] if one["failed"]}
    assert failed == {"kept_forms.Submission": "DatabaseError"}
    assert any(one["table"] == "kept_consent.Consent" and one["records"] for one in made["tables"])

    Request.objects.update(again=None)
    progress.go_on(request.pk)
    request.refresh_from_db()
    assert (request.state, request.failure) == ("done", "")
    again = to(work(), heading="Your copy is ready")
    assert "not complete" not in str(again.body)
    assert "Forty mugs canary-91be, please." in values(
        document(unpack(body(zoe.browser.post(link_in(again, "fetch")))))
    )


def test_a_table_that_cannot_even_be_counted_is_named_and_stops_no_other(zoe):
    def fail(execute, sql, params, many, context):
        if "COUNT" in sql and '"kept_forms_submission"' in sql:
            raise DatabaseError("no such table")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail):
        zoe.confirm("access")
        told = to(work(), heading="Your copy is ready")
    request = Request.objects.get()
    assert (request.state, request.failure) == ("working", "kept_forms.Submission")
    found = unpack(body(zoe.browser.post(link_in(told, "fetch"))))
    page = found["index.html"].decode()
    assert "Not complete." in page
    assert "What you sent us by our forms" in page.partition("Beside that")[0]


def test_a_row_that_goes_while_the_copy_is_made_is_not_missed_and_one_that_stays_is(zoe):
    """What waits for the ledger's signature is signed, and gone, between counting and reading."""
    from kept.keepers.rights.package import tables

    zoe.inquire(message="a second one")
    table = next(one for one in tables.tables(zoe.subject) if one.label == "kept_forms.Submission")
    assert table.expected == 2
    table.reached = 1
    table.settle()
    assert table.expected == 2, "it is still there: it was missed"
    Submission.objects.filter(subject=zoe.subject).first().delete()
    table.settle()
    assert table.expected == 1


def test_a_join_key_that_is_empty_or_zero_hides_nothing(zoe):
    """Falsy values in rows are values: `0`, `False` and an empty reference are told as they are."""
    with gate.purpose(gate.OWN_DATA, actor=gate.Actor("subject", str(zoe.subject))):
        from kept.keepers.rights.package import gathering

        made = gathering.gather(zoe.subject)
        tables = {one.label: one for one in made.tables}
        (consent_,) = made.records(tables["kept_consent.Consent"])
        (person,) = made.records(tables["kept_vault.Subject"])
    shown = {one.name: one.value for one in (*consent_.values, *person.values)}
    assert shown["version"] == "2016-03-16", "the version with the ordinal 0"
    assert shown["withdrawn_at"] is None
    assert shown["restricted"] is False
    assert shown["objected"] == []


def test_it_is_carried_out_under_the_policy_it_was_asked_under(post, zoe):
    from tests.posting import changed

    zoe.ask("access")
    link = link_in(to(work()))
    due = Request.objects.get().due
    post(
        changed(
            ('within = "30 days"\nfee', 'within = "2 days"\nfee'), ('2016-03-16"', '2016-03-17"')
        )
    )
    assert promises.current().ordinal == 1
    zoe.browser.post(link, {"answer": "yes"})
    work()
    request = Request.objects.get()
    assert (request.due, request.version, request.state) == (due, 0, "done")


def test_names_in_the_archive_never_lead_out_of_it():
    for name in ("../../etc/passwd", "/abs", "a\\b", "…", "", "x" * 300, "con:1"):
        plain = archive.plain_name(name)
        assert plain
        assert len(plain) <= archive.LONGEST_NAME
        assert not set(plain) & set("/\\:")
        assert not plain.startswith(".")


def test_the_schema_says_no_to_what_the_document_is_not():
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"form": "kept-copy/2"}, machine.SCHEMA)


def test_every_link_to_a_copy_is_gone_when_its_person_is_erased(zoe):
    zoe.confirm("access")
    work()
    assert Link.objects.filter(kind="fetch", subject=zoe.subject).exists()

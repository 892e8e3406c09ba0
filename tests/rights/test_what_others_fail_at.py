"""What users of other systems ask for again and again, and what was measured in those systems."""

import re
import threading
import tracemalloc
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection, connections

from kept import gate, schedule, vault
from kept._kit import clock
from kept.keepers.forms.models import Submission
from kept.keepers.rights import flows, progress
from kept.keepers.rights.models import Link, Package, Request
from kept.keepers.rights.package import archive, gathering, machine, making
from tests.posting import changed
from tests.rights.person import ADDRESS, INQUIRY, Asker, body, link_in, to, unpack, work
from tests.rights.test_copies import copy_of, document, values

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)
MANY = 1_200
"""More than twice the page of the eraser that left half of a person's comments."""
HOLD = '[holds.legal]\nsays = "to settle disputes"\nlongest = "7 years"\n\n[erasure]'


def many(asker, count):
    """So many rows of theirs."""
    with gate.purpose("answer-inquiry"):
        rows = []
        for number in range(count):
            row = Submission(point="inquiry", subject_id=asker.subject)
            row.put("message", "communication.message", f"message {number} canary-many")
            rows.append(row)
        Submission.objects.bulk_create(rows)


def erase(asker):
    asker.confirm("erase")
    work()
    with clock.only_for_testing_at(clock.now() + 4 * DAY):
        return work()


def test_the_eraser_does_not_leave_half_of_a_persons_rows(zoe):
    many(zoe, MANY)
    erase(zoe)
    request = Request.objects.get()
    assert request.state == "done"
    assert request.reached == request.expected >= MANY + 1
    assert not Submission.objects.exists()


def test_the_exporter_does_not_truncate(zoe):
    many(zoe, MANY)
    zoe.confirm("access")
    told = to(work(), heading="Your copy is ready")
    found = unpack(body(zoe.browser.post(link_in(told, "fetch"))))
    whole = found["data.json"].decode()
    assert all(f'"message {number} canary-many"' in whole for number in (0, 499, 500, MANY - 1))
    assert whole.count("canary-many") == MANY
    pages = [one for name, one in found.items() if name.startswith("read/forms-submission")]
    assert sum(page.count(b"canary-many") for page in pages) == MANY
    assert len(pages) > 1
    assert found["tables/forms-submission.csv"].count(b"canary-many") == MANY


def test_what_the_sweep_removed_stands_in_no_later_copy(world):
    """Instagram and Twitter went on handing out in copies what was gone from the pages."""
    zoe = Asker()
    with clock.only_for_testing_at(clock.now() - 3 * 366 * DAY):
        zoe.inquire(message="Forty mugs, long ago canary-0ld1.")
    zoe.inquire()
    assert "canary-0ld1" in " ".join(values(document(copy_of(zoe))))
    schedule.run("retention.sweep")
    told = " ".join(values(document(copy_of(zoe))))
    assert "canary-0ld1" not in told
    assert INQUIRY["message"] in told


def test_a_copy_is_made_in_bounded_memory(zoe):
    """Four times the rows, not four times the memory."""
    peaks = []
    for count in (300, 1_200):
        many(zoe, count)
        actor = gate.Actor("subject", str(zoe.subject))
        with gate.purpose(gate.OWN_DATA, actor=actor, leased=True):
            made = gathering.gather(zoe.subject)
            tracemalloc.start()
            size = sum(map(len, archive.stream(making._entries(made), made.day)))
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        assert size > 10_000
    assert peaks[1] < peaks[0] * 2


def test_the_zip_is_not_public_and_does_not_answer_after_erasure(zoe):
    zoe.confirm("access")
    told = to(work(), heading="Your copy is ready")
    path = link_in(told, "fetch")
    erase(zoe)
    assert not Package.objects.exists()
    assert zoe.browser.get(path).status_code == 410
    assert zoe.browser.post(path).status_code == 410


def test_one_failing_eraser_does_not_stop_the_run(zoe, monkeypatch):
    """In full: `test_erasing` and `test_copies`; here, that the request says which."""
    from django.db import DatabaseError

    from kept.vault import purging

    real = purging._purge

    def fail(holding, *rest):
        if holding.label == "kept_consent.Consent":
            raise DatabaseError
        return real(holding, *rest)

    monkeypatch.setattr(purging, "_purge", fail)
    erase(zoe)
    request = Request.objects.get()
    assert request.state == "working"
    assert "kept_consent.Consent" in request.failure
    assert not Submission.objects.exists()


def test_an_empty_export_is_told_from_never_registered(zoe):
    actor = gate.Actor("subject", str(zoe.subject))
    with gate.purpose(gate.OWN_DATA, actor=actor):
        made = gathering.gather(zoe.subject)
    told = {table.label: table.expected for table in made.tables}
    assert told["kept_forms.Submission"] == 1
    assert told["kept_mailings.Subscription"] == 0, "looked at, and empty"
    assert "kept_mailings.Mailing" not in told, "declared not personal"


def test_erasure_leaks_nothing_personal_into_operator_notifications(zoe):
    mails = [*mail.outbox, *erase(zoe)]
    for one in [*mails, *mail.outbox]:
        if one.to == [ADDRESS]:
            continue
        assert "canary" not in one.subject + str(one.body) + repr(one.extra_headers)
    assert any(one.to == ["info@usimprints.example.org"] for one in mail.outbox)


def test_commenters_without_accounts_are_not_forgotten(zoe):
    """Somebody who only ever filled in a form has every right, by the address alone."""
    for kind in ("access", "correct", "erase"):
        assert zoe.confirm(kind).status_code == 302
        work()
    assert set(Request.objects.values_list("subject", flat=True)) == {zoe.subject}


def test_third_parties_data_does_not_get_into_an_export(zoe):
    other = Asker("bea.third-33cc@example.org")
    other.inquire(name="Bea Third-33cc")
    zoe.confirm("access")
    told = to(work(), heading="Your copy is ready")
    assert b"33cc" not in body(zoe.browser.post(link_in(told, "fetch")))


def test_a_retry_with_a_changed_policy_does_not_fail(post, zoe):
    """The policy is frozen with the request: the new one may not even know the right."""
    zoe.ask("erase")
    link = link_in(to(work()))
    due = Request.objects.get().due
    gone = re.compile(r"\[rights\.erase\].*?\n\n", re.DOTALL)
    text = changed(('version = "2016-03-16"', 'version = "2017-01-01"'))
    text = gone.sub("", text).replace('delay = "72 hours"', 'delay = "9 days"')
    post(text)
    zoe.browser.post(link, {"answer": "yes"})
    work()
    request = Request.objects.get()
    assert (request.state, request.due) == ("delayed", due)
    assert request.starts < clock.now() + 4 * DAY, "the delay of the day it was asked"
    with clock.only_for_testing_at(clock.now() + 4 * DAY):
        work()
    assert Request.objects.get().state == "done"


def test_an_id_is_never_demanded_and_control_of_an_email_can_be_made_not_enough(post, zoe):
    for kind in ("access", "erase", "correct", "cease"):
        page = zoe.browser.get(f"/privacy/requests/{kind}/")
        assert set(page.context["form"].fields) == {"email", "message"}
    post(changed(("[rights.access]", '[rights.access]\nproof = "password"')))
    zoe.ask("access")
    assert "confirm" not in str(to(work()).body)


def test_what_is_held_stays_through_the_one_path_there_is_and_its_person_is_told(post, zoe):
    """Two erase paths, one ignoring holds: here the request takes the vault's only one."""
    post(changed(("[erasure]", HOLD)))
    zoe.inquire(message="in dispute canary-held")
    until = clock.today() + 300 * DAY
    vault.place_hold(zoe.subject, "legal", until, "operator")
    mails = erase(zoe)
    (last,) = [one for one in mails if "being deleted now" in one.subject]
    assert f"to settle disputes, until {until.day} {until:%B %Y}" in str(last.body)
    assert Submission.objects.exists(), "what is held is still there"
    assert Request.objects.get().state == "done"


def test_a_purge_does_not_destroy_data_that_an_open_request_needs(world):
    """The time of a row is over on the day between the question and its answer."""
    from kept.keepers.retention import sweeping as retention

    zoe = long_ago()
    zoe.confirm("access")
    retention.sweep()
    assert Submission.objects.exists(), "a copy that is under way still needs it"
    told = to(work(), heading="Your copy is ready")
    found = unpack(body(zoe.browser.post(link_in(told, "fetch"))))
    assert b"Forty mugs canary-91be" in found["data.json"]
    retention.sweep()
    assert not Submission.objects.exists(), "the copy is made, and its time is over"


def long_ago():
    """Somebody who wrote when the time of what they wrote was three years more."""
    made = Asker()
    with clock.only_for_testing_at(clock.now() - 3 * 365 * DAY):
        made.inquire()
    return made


def test_a_request_that_never_ends_keeps_nothing_for_ever(world):
    from kept.keepers.retention import sweeping as retention

    zoe = long_ago()
    zoe.confirm("access")
    Request.objects.update(due=clock.today() - DAY)
    retention.sweep()
    assert not Submission.objects.exists()


def test_a_parent_row_whose_join_key_is_0_hides_no_child(zoe):
    """Expected is counted by the database, reached by the walk: a difference is not done."""
    from kept.keepers.rights.package import tables

    made = tables.tables(zoe.subject)
    counted = sum(one.expected for one in made)
    zoe.confirm("access")
    work()
    request = Request.objects.get()
    assert request.expected == request.reached
    assert request.expected >= counted


def test_requests_themselves_keep_nothing_of_an_erased_person(zoe):
    erase(zoe)
    assert not Link.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM kept_rights_request")
        assert "canary" not in repr(cursor.fetchall())


def test_the_form_of_the_copy_is_documented_and_held():
    assert machine.SCHEMA["properties"]["form"]["const"] == machine.FORM


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite lets one write at a time")
def test_two_proofs_of_the_same_right_at_the_same_moment_are_one_request(zoe):
    zoe.ask("erase")
    zoe.ask("erase")
    tokens = [
        link_in(one).rstrip("/").rpartition("/")[2] for one in work() if "Was it you" in one.subject
    ]
    outcomes, start = [], threading.Barrier(2)

    def prove(token):
        try:
            start.wait()
            outcomes.append(flows.verify(token).outcome)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=prove, args=(one,)) for one in tokens]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(outcomes) == ["same", "verified"]
    assert Request.objects.filter(state="verified").count() == 1


def test_two_workers_at_once_carry_a_request_out_once(zoe, monkeypatch):
    zoe.confirm("access")
    id = Request.objects.get().pk
    seen = []
    real = progress._step

    def step(request):
        seen.append(progress.go_on(id)[0])
        return real(request)

    monkeypatch.setattr(progress, "_step", step)
    progress.go_on(id)
    assert seen == ["nothing"], "the second worker found it taken"
    assert Request.objects.get().state == "done"

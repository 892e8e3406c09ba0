"""What is over ends: by the clock, once, and by nobody's hand."""

from datetime import timedelta

import pytest

from kept._kit import clock
from kept.keepers.rights import links, progress, sweeping
from kept.keepers.rights.kinds import KINDS, due
from kept.keepers.rights.models import Link, Package, Request
from kept.keepers.rights.package import making
from kept.policy import Period
from kept.vault.files.storing import path_of
from kept.vault.models import SealedFile
from tests.posting import USIMPRINTS
from tests.rights.person import Asker, body, link_in, to, unpack, work

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def later(span):
    return clock.only_for_testing_at(clock.now() + span)


def test_what_nobody_confirms_lapses_with_its_link_and_the_address_goes(zoe):
    zoe.ask("access")
    path = link_in(to(work()))
    with later(2 * DAY):
        assert zoe.browser.get(path).status_code == 410
        assert "1 lapsed" in sweeping.sweep()
        assert sweeping.sweep() == ""
    assert Request.objects.get().state == "lapsed"
    assert not Link.objects.exists()


def test_a_correction_that_nobody_makes_lapses_after_a_day(zoe):
    page = zoe.confirm("correct")["Location"]
    with later(DAY / 2):
        sweeping.sweep()
        assert zoe.browser.get(page).status_code == 200
    with later(2 * DAY):
        sweeping.sweep()
        assert zoe.browser.get(page).status_code == 410
    assert Request.objects.get().state == "lapsed"


def test_a_link_made_under_a_clock_years_ahead_opens_nothing_now(zoe):
    with later(5 * 365 * DAY):
        zoe.ask("access")
        path = link_in(to(work()))
    assert zoe.browser.get(path).status_code == 410
    sweeping.sweep()
    assert Request.objects.get().state == "lapsed"


def test_the_record_of_a_request_goes_when_its_clause_says(zoe):
    zoe.ask("access")
    zoe.browser.post(link_in(to(work())), {"answer": "no"})
    with later(365 * DAY):
        sweeping.sweep()
        assert Request.objects.exists()
    with later(2 * 366 * DAY):
        sweeping.sweep()
    assert not Request.objects.exists()


def test_a_lost_queue_loses_nothing(zoe):
    """No job was ever run; the clock alone brings it to its end."""
    zoe.ask("access")
    assert "taken up" in sweeping.sweep()


def test_due_days_are_the_policys_and_a_month_where_it_is_silent():
    from datetime import date

    from kept import policy

    current = policy.loads(USIMPRINTS, "x").policy
    start = date(2024, 1, 31)
    assert due(current, "cease", start) == date(2024, 2, 10)
    assert due(current, "access", start) == date(2024, 3, 1)
    assert due(current, "restrict", start) == Period(months=1).after(start) == date(2024, 2, 29)


def test_no_kind_asks_for_more_proof_than_the_gate_and_none_for_less():
    assert not KINDS["unsubscribe"].proof
    assert all(KINDS[one].proof for one in ("access", "correct", "erase", "cease", "restrict"))


def test_a_status_page_names_nobody(zoe):
    other = Asker("nobody@example.org")
    pages = []
    for one in (zoe, other):
        one.ask("access")
        told = to(work(), one.address)
        one.browser.post(link_in(told), {"answer": "no"})
        request = Request.objects.latest("pk") if one is zoe else Request.objects.last()
        page = one.browser.get(f"/privacy/requests/status/{links.status_token(request)}/")
        pages.append(page.content.decode())
    assert all("canary" not in page and "nobody@" not in page for page in pages)
    assert zoe.browser.get("/privacy/requests/status/x/").status_code == 404


def test_a_copy_that_was_cut_off_right_before_its_end_is_in_no_later_copy_and_goes(
    zoe, monkeypatch, django_capture_on_commit_callbacks
):
    """The process dies when the file is there and the request does not own it yet."""
    with monkeypatch.context() as broken:
        broken.setattr(making, "_keep", _die)
        zoe.confirm("access")
        with pytest.raises(SystemExit):
            progress.go_on(Request.objects.get().pk)
    (left,) = SealedFile.objects.all()
    place = path_of(left.pk)
    assert place.exists()
    Request.objects.update(lease=None)
    told = to(work(), heading="Your copy is ready")
    found = unpack(body(zoe.browser.post(link_in(told, "fetch"))))
    assert not [name for name in found if name.startswith("files/")]
    with later(3 * DAY), django_capture_on_commit_callbacks(execute=True):
        sweeping.sweep()
    assert not place.exists()
    assert SealedFile.objects.get().pk == Package.objects.get().file_id, "the other one is kept"


def _die(*_given):
    raise SystemExit

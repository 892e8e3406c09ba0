"""Mail in at the console: read, answered, confirmed, passed on; each opens for what it may."""

import re

import pytest
from django.test import Client

from kept.keepers.letters import listening, storing
from kept.keepers.letters.models import Letter
from kept.keepers.rights.models import Request
from kept.keepers.sharing.models import Mail
from tests.letters.conftest import INFO, US, ZOE, mail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("usimprints")]
ENCLOSED = {
    "more": 'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n',
    "text": "--b\r\n\r\nlook canary-9d3f\r\n--b\r\nContent-Type: text/html\r\n"
    'Content-Disposition: attachment; filename="x.html"\r\n\r\n<script>1</script>\r\n--b--',
}


@pytest.fixture(autouse=True)
def _mail_in(settings):
    words = {"listen": "smtp://127.0.0.1:0", "authserv": US}
    settings.KEPT = {**settings.KEPT, "MAIL_IN": words}


def came(raw):
    said = listening.listening()
    assert storing.store(storing.Came(raw, ZOE, (INFO,), said, frozenset())) == "stored"
    return Letter.objects.latest("pk") if Letter.objects.count() > 1 else Letter.objects.get()


def marks(page):
    text = page.content.decode()
    found = {name: re.search(rf'name="{name}" value="([^"]*)"', text) for name in ("once", "seen")}
    return {name: one[1] for name, one in found.items()}


def test_a_proven_mail_is_listed_read_and_answered(desk, openings):
    row = came(mail())
    assert "Mugs" in desk.get("/console/letters/").content.decode()
    page = desk.get(f"/console/letters/{row.pk}/")
    assert "Forty mugs canary-9d3f" in page.content.decode()
    assert openings
    given = {"heading": "Re: Mugs", "text": "They are ready.", **marks(page)}
    answer = desk.post(f"/console/letters/{row.pk}/", given)
    assert answer["Location"].endswith("done=answered")
    assert Mail.objects.count() == 1
    assert "They are ready." in desk.get(f"/console/letters/{row.pk}/").content.decode()


def test_an_unproven_mail_opens_on_its_own_page_only_and_gets_no_answer(desk):
    row = came(mail(proven=False))
    assert desk.get(f"/console/letters/{row.pk}/").status_code == 404
    page = desk.get(f"/console/letters/check/{row.pk}/")
    text = page.content.decode()
    assert "Forty mugs canary-9d3f" in text
    assert "Send the answer" not in text
    given = {"heading": "x", "text": "y", "once": "1", "seen": "0"}
    assert desk.post(f"/console/letters/check/{row.pk}/", given).status_code == 409
    assert not Mail.objects.exists()


def test_finding_out_who_wrote_it_lets_it_be_answered(desk):
    row = came(mail(proven=False))
    answer = desk.post(f"/console/letters/check/{row.pk}/", {"verb": "confirm"})
    assert answer["Location"].endswith("done=confirmed")
    assert "Send the answer" in desk.get(f"/console/letters/{row.pk}/").content.decode()


def test_free_words_become_a_request_by_a_button(desk):
    row = came(mail(heading="please"))
    page = desk.get(f"/console/letters/{row.pk}/").content.decode()
    path = f"/console/letters/check/{row.pk}/"
    assert f'action="{path}"' in page
    answer = desk.post(path, {"verb": "request", "kind": "access"})
    assert answer["Location"].endswith("done=request")
    assert Request.objects.get().channel == "mail"
    assert desk.post(path, {"verb": "request", "kind": "x"}).status_code == 409


def test_an_enclosure_is_handed_out_as_a_file_and_never_shown(desk):
    row = came(mail(**ENCLOSED))
    text = desk.get(f"/console/letters/{row.pk}/").content.decode()
    assert "<script>1" not in text
    url = re.search(rf'/console/letters/{row.pk}/files/[^"]+', text)[0]
    answer = desk.get(url)
    assert answer.content == b"<script>1</script>"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == 'attachment; filename="x.html"'


def test_what_nobody_can_read_is_shown_as_such(desk):
    row = came(b"\x00 what is this")
    assert "unreadable" in desk.get("/console/letters/check/").content.decode()
    text = desk.get(f"/console/letters/check/{row.pk}/").content.decode()
    assert "make sense" in text
    url = re.search(rf'/console/letters/check/{row.pk}/files/[^"]+', text)[0]
    assert desk.get(url).content == b"\x00 what is this"
    assert desk.post(f"/console/letters/check/{row.pk}/", {"verb": "aside"}).status_code == 302


def test_machines_have_a_tab_of_their_own(desk):
    came(mail(more="Auto-Submitted: auto-replied\r\n"))
    assert "automatic" in desk.get("/console/letters/check/?tab=machines").content.decode()
    assert "automatic" not in desk.get("/console/letters/").content.decode()


def test_only_staff_read_mail():
    row = came(mail())
    for path in ("", "check/", f"{row.pk}/", f"check/{row.pk}/"):
        assert Client().get(f"/console/letters/{path}").status_code == 302

"""What a copy tells of what happened: each event in words, with its receipt, the newest too."""

import re

import pytest

from kept import gate, ledger, promises
from kept.keepers.consent import flows as consent
from kept.keepers.forms import answering
from kept.keepers.forms.models import Submission
from kept.keepers.rights.package import events, pages
from kept.ledger.events import KINDS
from tests.enrol import enrol
from tests.rights.test_copies import copy_of, document, values

pytestmark = pytest.mark.django_db


def test_openings_by_staff_stand_in_it_without_a_name(zoe, django_user_model):
    staff = django_user_model(username="ada-canary", display_name="Ada Canary", is_staff=True)
    staff.set_password("harbour walnut quiet lantern")
    staff.save()
    enrol(staff)
    row = Submission.objects.get()
    with gate.purpose("answer-inquiry", actor=gate.Actor("staff", str(staff.pk))):
        assert row.open("name") == "Zoë Canary-91be"
        answering.answer(row.pk, "They are ready.", heading="Your mugs", once="x")
    ledger.sequence_once()
    found = copy_of(zoe)
    page = found["read/history.html"].decode()
    assert "a member of staff opened" in page
    assert "answer your requests for information" in page
    whole = b"".join(found.values())
    assert b"Ada Canary" not in whole
    assert b"ada-canary" not in whole
    assert "They are ready." in values(document(found)), "our answer to them is theirs"
    receipts = [name for name in found if name.startswith("receipts/")]
    assert receipts
    read = ledger.read_receipt(found[receipts[0]].strip())
    verifier = ledger.verifier(read.key)
    assert ledger.verify_receipt(read, [verifier], verifier.name)


def test_what_is_not_signed_yet_is_told_too_without_a_receipt(zoe):
    """What happened since the sequencer last ran is no secret from its person."""
    ledger.sequence_once()
    consent.withdraw(zoe.subject, ["answer-inquiry"])
    found = copy_of(zoe)
    made = document(found)
    told = {(one["kind"], one["receipt"] is None) for one in made["history"]}
    assert ("Collected", False) in told
    assert ("Withdrawn", True) in told
    assert "not yet" in found["read/history.html"].decode()
    signed = [one["receipt"] for one in made["history"] if one["receipt"]]
    assert sorted(signed) == sorted(one for one in found if one.startswith("receipts/"))


def test_every_kind_of_event_about_a_person_is_told_in_a_sentence(world):
    """No event of the ledger is printed as a program sees it."""
    about_nobody = {
        "BackedUp", "Continued", "Expired", "KeyDestroyed", "PolicyAdopted", "PolicyWithdrawn",
        "Refused", "Rendered", "RestoreTried", "RestoredFrom", "Rotated", "Suppressed", "Told",
        "VisitsCounted",
    }  # fmt: skip
    assert set(KINDS) - about_nobody == set(events._SAYS)
    said = events.words({"kind": "Objected", "purposes": ["news"]}, promises.current().policy)
    assert said == (
        "you said no to this: send you news of our company, what we make and what we do for clients"
    )


def test_a_long_history_is_turned_page_by_page_and_each_line_leads_to_its_receipt(zoe, monkeypatch):
    monkeypatch.setattr(pages, "ON_A_PAGE", 2)
    ledger.sequence_once()
    found = copy_of(zoe)
    numbers = [one for one in found if one.startswith("read/history")]
    assert len(numbers) > 1
    for name in numbers:
        for link in re.findall(r'href="([^"]+)"', found[name].decode()):
            assert f"read/{link}" in found or link.removeprefix("../") in found


def test_masks_and_versions_are_told_in_words(zoe):
    made = document(copy_of(zoe))
    (table,) = [one for one in made["tables"] if one["table"] == "kept_vault.Subject"]
    told = {one["name"]: one["value"] for one in table["records"][0]["values"]}
    assert told["consented"] == ["answer-inquiry"]
    assert told["collected"] == "2016-03-16"

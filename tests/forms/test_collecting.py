"""A submission becomes one sealed record with its consent, or nothing at all."""

from kept import gate
from kept.keepers.consent.models import Consent
from kept.keepers.forms.models import SpentToken, Submission
from kept.ledger.models import Outbox
from kept.vault.models import Subject
from tests.forms.conftest import ADDRESS, TYPED


def nothing_is_stored():
    tables = (Submission, Consent, Subject, SpentToken)
    return not any(table.objects.exists() for table in tables)


def test_what_was_typed_is_stored_and_opens_only_for_its_purpose(visitor):
    response = visitor.send()
    assert (response.status_code, response["Location"]) == (302, "/thanks/")
    row = Submission.objects.get()
    assert isinstance(row.open("email"), gate.Sealed)
    with gate.purpose("answer-inquiry"):
        kept = Submission.objects.get().values
        assert {name: kept[name] for name in kept} == {
            name: value for name, value in TYPED.items() if not name.startswith("consent-")
        }
    with gate.purpose("news"):
        assert isinstance(Submission.objects.get().open("email"), gate.Sealed)


def test_the_notice_comes_before_the_form_and_no_consent_is_ticked(visitor):
    page = visitor.client.get("/ask/").content.decode()
    assert page.index("for 2 years") < page.index('name="message"')
    assert "You are free to decline" in page
    assert "checked" not in page


def test_consent_is_recorded_with_the_version_and_the_text_shown(visitor):
    visitor.send()
    consent = Consent.objects.get()
    page = visitor.client.get("/ask/").content.decode()
    assert (consent.purpose, consent.point, consent.version) == ("answer-inquiry", "inquiry", 0)
    for line in consent.shown.text.splitlines():
        assert line.replace("&", "&amp;").replace("'", "&#x27;") in page
    assert len(consent.shown.text.splitlines()) > 4


def test_without_consent_nothing_is_stored_and_what_was_typed_stays_on_the_page(visitor):
    typed = {name: value for name, value in TYPED.items() if not name.startswith("consent-")}
    response = visitor.send(typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert nothing_is_stored()
    assert not Outbox.objects.filter(subject__isnull=False).exists()
    assert ADDRESS in page
    assert "Forty mugs" in page
    assert "nothing was stored" in page


def test_what_the_clause_does_not_name_is_dropped_and_counted(visitor, caplog):
    visitor.send({**TYPED, "salary": "secret-salary", "ssn": "123-45-6789"})
    with gate.purpose("answer-inquiry"):
        assert set(Submission.objects.get().names()) & {"salary", "ssn"} == set()
    assert "secret-salary" not in caplog.text


def test_the_same_form_sent_twice_is_stored_once(visitor):
    data = {"kept-form": visitor.token(), **TYPED}
    first, second = (visitor.client.post("/ask/", data) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 409)
    assert Submission.objects.count() == 1
    assert Consent.objects.count() == 1


def test_a_robot_that_fills_in_the_hidden_field_is_thanked_and_forgotten(visitor):
    response = visitor.send(**{"kept-leave-empty": "http://spam.example"})
    assert response.status_code == 302
    assert nothing_is_stored()


def test_two_submissions_of_one_address_are_one_subject(visitor):
    visitor.send()
    visitor.send({**TYPED, "email": ADDRESS.upper(), "name": "Z."})
    assert Submission.objects.count() == 2
    assert Subject.objects.count() == 1


def test_optional_fields_really_are_optional(visitor):
    typed = {name: value for name, value in TYPED.items() if name not in ("phone", "company")}
    assert visitor.send(typed).status_code == 302
    with gate.purpose("answer-inquiry"):
        assert set(Submission.objects.get().names()) == {"name", "email", "message"}

"""The clause is the form: change the policy, and page, storage and answers follow without code."""

import pytest

from kept import gate
from kept.keepers.forms.models import Submission
from tests.forms.conftest import TYPED
from tests.posting import changed

_LAST = 'company = "work.employer"\n[collect.inquiry.added]'
FIELD = (_LAST, _LAST.replace("\n", '\nwebsite = "contact.website"\n'))
GONE = (
    'says = "answer your requests for information or services"',
    'says = "answer your questions"',
)


def test_a_field_added_to_the_clause_is_in_form_and_storage(visitor, post):
    assert 'name="website"' not in visitor.client.get("/ask/").content.decode()
    post(changed(FIELD))
    assert 'name="website"' in visitor.client.get("/ask/").content.decode()
    assert visitor.send({**TYPED, "website": "https://canary.example"}).status_code == 302
    with gate.purpose("answer-inquiry"):
        assert Submission.objects.get().open("website") == "https://canary.example"


def test_a_policy_that_changed_while_the_form_was_open_is_shown_before_anything_is_stored(
    visitor, post
):
    token = visitor.token()
    post(changed(GONE))
    response = visitor.client.post("/ask/", {"kept-form": token, **TYPED})
    page = response.content.decode()
    assert response.status_code == 409
    assert "answer your questions" in page
    assert "Forty mugs" in page
    assert not Submission.objects.exists()


def test_a_collection_point_that_left_the_policy_is_closed(visitor, post):
    post(without_inquiry())
    assert visitor.client.get("/ask/").status_code == 410
    assert visitor.client.post("/ask/", TYPED).status_code == 410
    assert not Submission.objects.exists()


def test_data_collected_before_stays_sealed_when_its_purpose_leaves_the_policy(visitor, post):
    visitor.send()
    post(without_inquiry())
    with gate.purpose("answer-inquiry"):
        value = Submission.objects.get().open("email")
    assert isinstance(value, gate.Sealed)
    assert value.decision is not None
    assert "answer-inquiry" in value.decision.explain()
    with pytest.raises(gate.SealedError):
        str(value)


def without_inquiry() -> str:
    """The reference policy without its inquiry point and without its purpose."""
    text = changed(('for = ["answer-inquiry", "answer-request"]', 'for = ["answer-request"]'))
    for start in ("[collect.inquiry]", "[purposes.answer-inquiry]"):
        at = text.index(start)
        text = text[:at] + text[end_of(text, at, start) :]
    return text


def end_of(text: str, at: int, start: str) -> int:
    """Where the clause that begins at `at` ends: at the next table that is not part of it."""
    lines = text[at:].splitlines(keepends=True)
    part = start.rstrip("]") + "."
    length = len(lines[0])
    for line in lines[1:]:
        if line.startswith("[") and not line.startswith(part):
            break
        length += len(line)
    return at + length

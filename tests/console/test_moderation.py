"""Nothing is published before a person said so, once, and on record."""

import pytest
from django.test import Client

from kept import vault
from kept.site import models as site
from tests.console.conftest import nobody
from tests.posting import USIMPRINTS

pytestmark = pytest.mark.django_db
PAGE = "/console/moderation/testimonials/"


def text(response):
    return response.content.decode()


def do(desk, verb, row, **more):
    return desk.post(PAGE, {"verb": verb, "row": str(getattr(row, "pk", row)), **more})


def without(*tables):
    """The reference policy without these tables and what stands under them."""
    kept, drop = [], False
    for line in USIMPRINTS.splitlines(keepends=True):
        if line.startswith("["):
            name = line.partition("]")[0][1:]
            drop = any(name == table or name.startswith(f"{table}.") for table in tables)
        if not drop:
            kept.append(line)
    return "".join(kept)


def public():
    return text(Client().get("/testimonials/"))


def test_words_wait_for_a_decision_and_nobody_sees_them(testimonial, desk):
    assert "wren-9b2c" not in public()
    page = text(desk.get(PAGE))
    assert "outlived the company" in page
    assert "max.wren-9b2c@example.org" in page


def test_opening_them_is_recorded_for_their_own_purpose(testimonial, desk, operator, openings):
    desk.get(PAGE)
    ((event, subject),) = openings
    assert subject == testimonial.subject_id
    assert (event.purpose, event.by) == ("publish-testimonial", str(operator.pk))


def test_published_words_are_public_and_the_address_is_not(testimonial, desk):
    assert do(desk, "publish", testimonial)["Location"].endswith("done=published")
    assert "outlived the company" in public()
    assert "max.wren-9b2c@example.org" not in public()
    assert "outlived the company" in text(desk.get(f"{PAGE}?state=published"))


def test_publishing_twice_is_done_once(testimonial, desk):
    do(desk, "publish", testimonial)
    assert do(desk, "publish", testimonial)["Location"].endswith("done=before")


def test_refused_words_are_not_public(testimonial, desk):
    do(desk, "refuse", testimonial)
    assert "wren-9b2c" not in public()
    assert "wren-9b2c" not in text(desk.get(PAGE))
    assert "outlived the company" in text(desk.get(f"{PAGE}?state=refused"))


def test_published_words_can_be_taken_down(testimonial, desk):
    do(desk, "publish", testimonial)
    do(desk, "refuse", testimonial, state="published")
    assert "wren-9b2c" not in public()


def test_looking_publishes_nothing(testimonial, desk):
    desk.get(PAGE, {"verb": "publish", "row": str(testimonial.pk)})
    assert site.Testimonial.objects.get().state == "waiting"


@pytest.mark.parametrize("row", ["", "x", "1", "\x00"])
def test_a_malformed_row_is_not_found(testimonial, desk, row):
    assert do(desk, "publish", row).status_code == 404


def test_a_row_that_is_not_there_changes_nothing(testimonial, desk):
    assert do(desk, "publish", nobody())["Location"].endswith("done=before")


def test_withdrawn_words_are_withheld_from_the_moderator_too(testimonial, desk):
    vault.set_choices(testimonial.subject_id, withdraw=["publish-testimonial"])
    page = text(desk.get(PAGE))
    assert "wren-9b2c" not in page
    assert "kept-withheld" in page


def test_the_purpose_taken_out_of_the_policy_closes_the_page_and_its_verbs(testimonial, desk, post):
    post(without("collect.testimonial", "recipients.public", "purposes.publish-testimonial"))
    for response in (desk.get(PAGE), do(desk, "publish", testimonial)):
        assert response.status_code == 403
        assert "publish-testimonial" in text(response)
        assert "wren-9b2c" not in text(response)
    assert site.Testimonial.objects.get().state == "waiting"

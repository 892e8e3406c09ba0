"""What us-service-center says about giving data, on its own policy: SC-17 to SC-24."""

import json
from pathlib import Path
from uuid import UUID

import pytest

from kept import gate, vault
from kept.keepers.forms.models import Submission
from kept.keepers.sharing import flows, giving, outcomes, ways
from kept.keepers.sharing.flows import disclosing
from kept.keepers.sharing.models import Disclosure
from tests.posting import post
from tests.sharing.giving_world import receiver

__all__ = ["post", "receiver"]
pytestmark = pytest.mark.django_db
TEXT = (Path(__file__).parents[2] / "policies" / "us-service-center.toml").read_text("utf-8")
EMAIL = "ada.canary-1d8e@example.org"
ORDER = {
    "name": ("identity.name", "Ada Canary-1d8e"),
    "email": ("contact.email", EMAIL),
    "address": ("contact.address", "5 Wren Street canary-1d8e"),
    "country": ("contact.country", "US"),
    "phone": ("contact.phone", "+1 555 0118"),
    "employer": ("work.employer", "Canary-1d8e Works"),
    "transaction": ("financial.transaction", "order 17: forty mugs"),
}
ACCOUNT = {
    "username": ("identity.username", "ada"),
    "name": ("identity.name", "Ada Canary-1d8e"),
    "email": ("contact.email", EMAIL),
    "mobile": ("contact.mobile", "+1 555 0119"),
    "texts": ("preference.text-opt-in", "yes"),
    "profession": ("work.profession", "printer"),
}
PAYMENT = {
    "name": ("identity.name", "Ada Canary-1d8e"),
    "card": ("financial.card", "4242 4242 4242 4242"),
}


@pytest.fixture
def ada(post) -> UUID:
    """A customer with an order, an account and a card."""
    post(TEXT)
    return _customer()


def _customer() -> UUID:
    subject = vault.find_or_make("email", EMAIL)
    for point, purpose, values in (
        ("order", "fulfil-order", ORDER),
        ("account", "run-account", ACCOUNT),
        ("payment", "fulfil-order", PAYMENT),
    ):
        row = Submission(point=point, subject=subject)
        with gate.purpose(purpose):
            for name, (category, value) in values.items():
                row.put(name, category, value)
            row.save(force_insert=True)
    return subject.pk


def gives(person, to, purpose, **more):
    """The categories that would be given."""
    return set(flows.preview(person, to, purpose, **more).gives)


@pytest.mark.parametrize(
    ("to", "purpose", "what"),
    [
        ("carrier", "deliver-order", {"identity.name", "contact.address", "contact.phone"}),
        ("card-processor", "fulfil-order", {"identity.name", "financial.card"}),
        (
            "export-check",
            "check-export",
            {"identity.name", "contact.address", "contact.country", "work.employer"},
        ),
        (
            "service-desk",
            "customer-service",
            {"identity.name", "contact.email", "contact.phone", "financial.transaction"},
        ),
    ],
)
def test_each_vendor_gets_what_its_function_needs_and_nothing_else(ada, to, purpose, what):
    """SC-19."""
    assert gives(ada, to, purpose) == what


@pytest.mark.parametrize(
    ("to", "purpose"),
    [
        ("carrier", "fulfil-order"),
        ("card-processor", "deliver-order"),
        ("export-check", "customer-service"),
        ("carrier", "marketing"),
    ],
)
def test_a_vendor_gets_nothing_for_anothers_function(ada, to, purpose):
    """SC-19."""
    assert gives(ada, to, purpose) == set()


def test_the_card_goes_to_its_processor_and_to_no_other(ada):
    """SC-19."""
    for to, purpose in (("affiliates", "fulfil-order"), ("service-desk", "customer-service")):
        assert "financial.card" not in gives(ada, to, purpose)


def test_a_carrier_is_sent_the_parcels_data_and_the_person_sees_it(ada, post, settings, receiver):
    """SC-19: really sent, to a host that the policy names."""
    text = TEXT.replace(
        'receives = ["identity.name", "contact.address", "contact.phone"]\n',
        'receives = ["identity.name", "contact.address", "contact.phone"]\nhosts = ["127.0.0.1"]\n',
    )
    post(text)
    way = {"webhook": receiver.url, "ca": str(receiver.ca)}
    settings.KEPT = {**settings.KEPT, "RECIPIENTS": {"carrier": way}}
    ways.make_key("carrier")
    done = flows.disclose(ada, "carrier", "deliver-order", once="order-17")
    assert giving.deliver(done.disclosure) == outcomes.Sent()
    body = receiver.got[0].body.decode()
    assert "5 Wren Street" in body
    assert EMAIL not in body
    assert "4242" not in body
    (one,) = flows.disclosures(ada)
    assert one.recipient == "our parcel carriers"
    (settings.KEPT["SECRET"] / "webhooks" / "carrier.key").unlink()


def test_companies_of_the_group_get_what_the_clause_names_anywhere(ada):
    """SC-18."""
    found = gives(ada, "affiliates", "fulfil-order")
    assert found >= {"identity.name", "contact.email", "contact.address", "financial.transaction"}
    assert not found & {"identity.username", "contact.mobile", "preference.text-opt-in"}
    assert gives(ada, "affiliates", "marketing") == set()


def test_a_reseller_gets_data_only_where_region_or_line_of_work_is_theirs(ada):
    """SC-20."""
    assert gives(ada, "resellers", "customer-service") == set()
    for met in (["region"], ["sector"]):
        assert "contact.email" in gives(ada, "resellers", "customer-service", met=met)
    assert gives(ada, "resellers", "customer-service", met=["condition"]) == set()


OCCASIONS = [
    ("authorities", "comply", "legal process"),
    ("investigators", "protect", "protection"),
    ("successor", "reorganise", "merger"),
]


@pytest.mark.parametrize(("to", "purpose", "occasion"), OCCASIONS)
def test_an_occasion_lets_what_its_clause_names_be_handed_over(ada, to, purpose, occasion):
    """SC-21, SC-22, SC-23: by two people, as a sealed file, whatever it was collected for."""
    assert gives(ada, to, purpose) == set()
    found = flows.preview(ada, to, purpose, occasion=occasion)
    assert {"identity.name", "contact.email", "financial.transaction"} <= set(found.gives)
    assert "financial.card" not in found.gives
    assert found.approvals == 2
    done = flows.disclose(ada, to, purpose, occasion=occasion, by="ann")
    assert disclosing.approve(done.disclosure, "bea")
    assert giving.deliver(done.disclosure) == outcomes.Ready()
    handed = giving.hand_over(done.disclosure, gate.Actor("staff", "bea"))
    assert json.loads(handed.content)["data"]["occasion"] == occasion
    assert b"Ada Canary-1d8e" in handed.content
    assert b"4242" not in handed.content


@pytest.mark.parametrize(("to", "purpose", "occasion"), OCCASIONS)
def test_it_is_given_on_its_own_occasion_only(ada, to, purpose, occasion):
    """SC-21 to SC-23."""
    from kept._kit.errors import KeptError

    other = next(one for _to, _purpose, one in OCCASIONS if one != occasion)
    with pytest.raises(KeptError, match="S016"):
        flows.preview(ada, to, purpose, occasion=other)


def test_legal_process_goes_on_where_the_person_stopped_everything_else(ada):
    """SC-21: GDPR Art. 18(2) leaves legal claims; a reorganisation is not one."""
    vault.set_limits(ada, ceased=True, restricted=True)
    assert "contact.email" in gives(ada, "authorities", "comply", occasion="legal process")
    assert gives(ada, "successor", "reorganise", occasion="merger") == set()


def test_nobody_gets_data_for_marketing_unless_the_person_agrees_to_that_very_recipient(ada, post):
    """SC-17: an ordinary vendor that a later version lets market is banned all the same."""
    text = TEXT.replace(
        "[never.sell]",
        '[recipients.market]\nkind = "partner"\nplace = "US"\nfor = ["marketing"]\n'
        'receives = ["contact.email"]\n\n[never.sell]',
        1,
    )
    post(text.replace('for = ["run-account",', 'for = ["marketing", "run-account",'))
    vault.set_choices(ada, consent=["marketing"])
    _customer()  # under the version that names the partner
    found = flows.preview(ada, "market", "marketing")
    assert found.gives == ()
    done = flows.disclose(ada, "market", "marketing")
    assert Disclosure.objects.get(pk=done.disclosure).state == "asking"


@pytest.mark.parametrize("kind", ["affiliate", "vendor", "partner"])
def test_mobile_numbers_and_text_consents_go_to_nobody_whatever_else_permits_it(ada, post, kind):
    """SC-24: the ban beats a clause that names them, and a permission."""
    text = TEXT.replace(
        "[never.sell]",
        f'[recipients.texts]\nkind = "{kind}"\nplace = "US"\nfor = ["marketing", "run-account"]\n'
        'receives = ["contact.mobile", "preference.text-opt-in"]\n\n[never.sell]',
        1,
    )
    post(text.replace('for = ["run-account",', 'for = ["run-account", "marketing",'))
    vault.set_choices(ada, consent=["marketing"])
    _customer()
    assert gives(ada, "texts", "marketing") == set()
    assert "preference.text-opt-in" not in gives(ada, "texts", "run-account")
    lines = flows.preview(ada, "texts", "marketing").lines
    assert not any(one.asks for one in lines)
    for occasion in OCCASIONS:
        to, purpose, what = occasion
        assert "preference.text-opt-in" not in gives(ada, to, purpose, occasion=what)

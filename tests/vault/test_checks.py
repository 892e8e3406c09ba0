"""System checks: a model and its clause agree, and nothing prints what is sealed."""

from typing import Any

import pytest
from django.db import models
from django.db.models import F

import kept
from kept import gate
from kept.vault import checks, fields
from kept.vault.fields import Model
from tests.vault.policies import TEXT, gate_of


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Build a model from its body; the errors and warnings that the checks give for it."""
    from django.apps import apps

    def build(base: Any = Model, **body: Any) -> list[str]:
        meta = type("Meta", (), {"app_label": "vaulttests", **body.pop("meta", {})})
        model = type("Probe", (base,), {"__module__": __name__, "Meta": meta, **body})
        monkeypatch.setattr(checks, "_sealed_models", lambda _: [model])
        found = [f"{message.level}: {message.msg}" for message in checks.clauses()]
        apps.all_models["vaulttests"].pop("probe")
        apps.clear_cache()
        return found

    return build


def clause(name: str, subject: str | None = None) -> type:
    return type("Kept", (), {"collect": name, **({"subject": subject} if subject else {})})


def test_a_model_that_fits_its_clause_passes(made: Any):
    assert made(
        Kept=clause("inquiry", "email"),
        name=kept.Char("identity.name"), email=kept.Email("contact.email"),
        phone=kept.Phone("contact.phone", blank=True),
    ) == []  # fmt: skip


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"name": kept.Char("identity.title")}, "40: `name` is `identity.title`, in `[collect.in"),
        ({"nose": kept.Char("identity.name")}, "40: `nose` is not in `[collect.inquiry]`"),
        ({"phone": kept.Phone("contact.phone")}, "40: `phone` is optional in the clause"),
        ({"Kept": clause("nowhere")}, "40: the policy has no `[collect.nowhere]`"),
        ({"Kept": None}, "40: no clause is named"),
        ({"Kept": clause("inquiry", "mail")}, "40: `Kept.subject` names no sealed field"),
        ({"name": kept.Char("identity.name", unique=True)}, "40: `name` cannot be unique"),
        (
            {
                "Kept": clause("inquiry", "email"),
                "email": kept.Email("contact.email", unique=True),
            },
            "40: `email` cannot be unique",
        ),
        ({"name": kept.Char("identity.name", db_index=True)}, "40: `name` is sealed and cannot h"),
        (
            {"day": kept.Date("identity.birth-date", auto_now=True)},
            "40: `day` is sealed and cannot have `auto_now`",
        ),
        (
            {"name": kept.Char("identity.name", db_default="x")},
            "40: `name` is sealed and cannot have `db_default`",
        ),
        (
            {"name": kept.Char("identity.name"), "meta": {"ordering": ["-name"]}},
            "40: `name` is sealed and rows cannot be sorted by it",
        ),
        (
            {"name": kept.Char("identity.name"), "meta": {"ordering": [F("name").desc()]}},
            "40: `name` is sealed and rows cannot be sorted by it",
        ),
        (
            {"name": kept.Char("identity.name"), "meta": {"get_latest_by": "name"}},
            "40: `name` is sealed and rows cannot be sorted by it",
        ),
        ({"money": kept.Decimal("identity.name")}, "40: DecimalFields must define"),
        ({}, "30: `name` is required by `[collect.inquiry]` and not in the model"),
    ],
)
def test_each_disagreement_is_told(made: Any, body: dict[str, Any], text: str):
    found = made(**{"Kept": clause("inquiry"), **body})
    assert any(one.startswith(text) for one in found), found


def test_the_field_that_finds_the_subject_may_be_unique_where_a_subject_has_one_row(made: Any):
    found = made(
        Kept=clause("inquiry", "email"),
        subject=fields.OneSubjectKey("kept_vault.Subject", models.PROTECT, related_name="+"),
        name=kept.Char("identity.name"), email=kept.Email("contact.email", unique=True),
    )  # fmt: skip
    assert found == []


def test_a_sealed_field_of_a_model_without_an_envelope_is_an_error(made: Any):
    found = made(base=models.Model, name=kept.Char("identity.name", max_length=9))
    assert found == [
        "40: `name` is a sealed field of a model without an envelope: it is not stored"
    ]


def test_a_str_that_opens_is_an_error(made: Any):
    found = made(
        Kept=clause("inquiry"),
        name=kept.Char("identity.name"),
        __str__=lambda self: f"Inquiry of {self.name}",
    )
    assert any("`__str__` opens `name`" in one for one in found)


def test_a_child_of_a_stored_model_cannot_add_sealed_fields(made: Any):
    from tests.vault.host.models import BaseInquiry

    found = made(base=BaseInquiry, phone=kept.Phone("contact.phone"))
    assert any("`Probe`, a child of a stored model" in one for one in found)


def test_without_a_policy_in_force_the_rest_is_still_checked(made: Any):
    from kept.gate import wired

    before, wired._provider = wired._provider, None
    try:
        assert any("no clause is named" in one for one in made(name=kept.Char("identity.name")))
    finally:
        wired._provider = before


def test_the_clause_in_force_counts(made: Any):
    with gate.only_for_testing_in_force(
        gate_of(TEXT.replace("[collect.inquiry", "[collect.asking"))
    ):
        found = made(Kept=clause("inquiry"), name=kept.Char("identity.name"))
    assert any("no `[collect.inquiry]`" in one for one in found)

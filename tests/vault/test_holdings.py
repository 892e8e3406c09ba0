"""Every model says what it keeps about people, or the system check errors."""

from typing import Any

import pytest
from django.apps import apps
from django.db import models

from kept.vault.errors import MisconfiguredError
from kept.vault.holdings import checks, declared, hold, holdings, not_personal


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Build a model from its body; what the check says about it."""
    monkeypatch.setattr(declared, "_outside", dict(declared._outside))

    def build(base: Any = models.Model, meta: Any = (), **body: Any) -> list[str]:
        inner = type("Meta", (), {"app_label": "vaulttests", **dict(meta)})
        model = type("Thing", (base,), {"__module__": __name__, "Meta": inner, **body})
        try:
            return [f"{one.level}: {one.msg}" for one in checks._messages(model)]
        finally:
            apps.all_models["vaulttests"].pop("thing")
            apps.clear_cache()

    return build


def kept(**said: Any) -> type:
    return type("Kept", (), said)


def inquiry() -> Any:
    return models.ForeignKey("vaulttests.Inquiry", models.CASCADE, related_name="+")


def subject() -> Any:
    return models.ForeignKey("kept_vault.Subject", models.CASCADE, related_name="+")


def test_an_undeclared_model_is_an_error(made: Any):
    assert made()[0].startswith("40: nothing is declared")


def test_a_table_that_django_does_not_manage_is_declared_like_any_other(made: Any):
    assert made(meta={"managed": False})[0].startswith("40: nothing is declared")


def test_what_a_child_adds_to_a_model_without_people_is_declared(made: Any):
    from tests.vault.crowd.models import Home, Venue

    assert made(base=Venue, note=models.TextField())[0].startswith("40: nothing is declared")
    assert made(base=Venue) == []
    assert made(base=Home, note=models.TextField()) == []


@pytest.mark.parametrize(
    "body",
    [
        {"who": subject()},
        {"inquiry": inquiry(), "Kept": kept(holds_by="inquiry__subject")},
        {"Kept": kept(not_personal="only numbers")},
        {"Kept": kept(not_personal="of a shop", though=("name",)), "name": models.TextField()},
        {"who": subject(), "Kept": kept(on_erase="keep", reason="tax law")},
        {"who": subject(), "Kept": kept(on_erase="anonymise")},
        {"one": subject(), "two": subject(), "Kept": kept(holds_by=("one", "two"))},
    ],
)
def test_a_declared_model_passes(made: Any, body: dict[str, Any]):
    assert made(**body) == []


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"Kept": kept(not_personal=" ")}, "40: it is declared not personal without a reason"),
        ({"Kept": kept(holds_by="nowhere__subject")}, "40: `nowhere__subject` leads nowhere"),
        ({"who": subject(), "Kept": kept(on_erase="keep")}, "40: its rows outlive an erasure"),
        (
            {"inquiry": inquiry(), "Kept": kept(holds_by="inquiry__subject", on_erase="anonymise")},
            "40: it is anonymised by empty",
        ),
        (
            {"who": subject(), "Kept": kept(on_erase="anonymise", columns=("no",))},
            "40: there is no column `no`",
        ),
        ({"one": subject(), "two": subject()}, "40: nothing is declared"),
    ],
)
def test_a_declaration_that_cannot_be_true_is_an_error(made: Any, body: Any, text: str):
    assert any(one.startswith(text) for one in made(**body))


@pytest.mark.parametrize(
    "column", ["name", "first_name", "email", "e_mail", "phone", "ip", "remote_ip", "zip_code"]
)
def test_a_column_that_sounds_personal_warns(made: Any, column: str):
    found = made(Kept=kept(not_personal="nothing here"), **{column: models.TextField()})
    assert found == [f"30: `{column}` sounds personal in a model that is declared not personal"]


def test_a_model_of_somebody_elses_is_declared_from_outside(made: Any):
    not_personal("vaulttests.Thing", "only numbers")
    assert made() == []
    with pytest.raises(MisconfiguredError, match="V020"):
        hold("vaulttests.Thing", subject="x")


def test_every_installed_model_is_declared():
    assert [one for one in checks.undeclared() if one.level >= 30] == []


def test_holdings_are_the_models_that_lead_to_a_person():
    found = holdings()
    assert found["vaulttests.Inquiry"].subject == "subject"
    assert found["vaulttests.Note"].subject == "inquiry__subject"
    assert found["kept_vault.Subject"].subject == "pk"
    assert "vaulttests.LongInquiry" not in found
    assert "sessions.Session" not in found

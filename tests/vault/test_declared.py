"""What is declared about clear text is checked; what a host says goes before our defaults."""

from typing import Any

import pytest
from django.apps import apps
from django.db import models

from kept.vault.adopting import checks as columns
from kept.vault.errors import MisconfiguredError
from kept.vault.holdings import checks, declaration, declared, hold, holdings, not_personal


@pytest.fixture(autouse=True)
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test declares is gone after it."""
    monkeypatch.setattr(declared, "_outside", dict(declared._outside))


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Build a model from its body; what the checks say about it."""

    def build(**body: Any) -> list[str]:
        meta = type("Meta", (), {"app_label": "vaulttests"})
        model = type("Thing", (models.Model,), {"__module__": __name__, "Meta": meta, **body})
        try:
            found = [*checks._messages(model)]
            found += [one for one in columns.declared_columns() if one.obj is model]
            return [f"{one.level}: {one.msg}" for one in found]
        finally:
            apps.all_models["vaulttests"].pop("thing")
            apps.clear_cache()

    return build


def kept(**said: Any) -> type:
    return type("Kept", (), said)


EMAIL = {"email": "contact.email"}


def test_a_clear_text_model_that_fits_its_clause_passes(made: Any):
    assert made(
        email=models.EmailField(), state=models.CharField(max_length=9),
        Kept=kept(collect="inquiry", fields=EMAIL, subject="email"),
    ) == []  # fmt: skip


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"fields": EMAIL, "subject": "email"}, "40: its clear-text columns name no clause"),
        (
            {"fields": {"mail": "contact.email"}, "subject": "mail", "collect": "inquiry"},
            "40: there is no column `mail`",
        ),
        (
            {"fields": {"email": "identity.name"}, "subject": "email", "collect": "inquiry"},
            "40: `email` identifies nobody",
        ),
        (
            {"fields": {"email": "contact.phone"}, "subject": "email", "collect": "inquiry"},
            "40: `email` is declared `contact.phone`, `[collect.inquiry]` says `contact.email`",
        ),
        (
            {"fields": EMAIL, "subject": "email", "collect": "nowhere"},
            "40: the policy has no `[collect.nowhere]`",
        ),
        ({"link": "nobody"}, "40: `nobody` leads to no model with link rows"),
        (
            {"fields": EMAIL, "subject": "email", "collect": "inquiry"},
            "30: `phone` sounds personal and is not among the declared columns",
        ),
    ],
)
def test_what_cannot_be_true_is_told(made: Any, body: dict[str, Any], text: str):
    found = made(email=models.EmailField(), phone=models.TextField(), Kept=kept(**body))
    assert any(one.startswith(text) for one in found), found


def test_the_host_may_say_otherwise_of_the_frameworks_own_models():
    assert isinstance(declared._by_default["sites.site"], declared.NotPersonal)
    hold("sites.Site", subject="somewhere")
    not_personal("auth.Group", "names of our own", though=("name",))
    with pytest.raises(MisconfiguredError, match="V020"):
        hold("auth.Group", subject="x")


def test_a_key_to_linked_users_is_followed_where_they_have_no_subject(made: Any):
    class Session(models.Model):
        author = models.ForeignKey("vaulttests.Author", models.CASCADE, related_name="+")

        class Meta:
            app_label = "vaulttests"

        class Kept:
            holds_by = "author__subject"

    try:
        found = declaration(Session)
        assert isinstance(found, declared.Holding)
        assert (found.subject, found.link, found.paths) == ("", "author", ())
        assert not [one for one in checks._messages(Session) if one.level >= 30]
        assert holdings()["vaulttests.Session"].link == "author"
    finally:
        apps.all_models["vaulttests"].pop("session")
        apps.clear_cache()

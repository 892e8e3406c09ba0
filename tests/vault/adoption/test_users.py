"""A site's own user model gets a linked subject; nothing of ours has to take its place."""

import pytest

from tests.vault.adoption.shop import OldShop

DECLARED = """
from django.apps import AppConfig


class ShopConfig(AppConfig):
    name = "shop"

    def ready(self):
        from kept import vault

        vault.hold(
            "auth.User", found_by="email", collect="account",
            fields={
                "email": "contact.email", "username": "identity.username",
                "first_name": "identity.name", "last_name": "identity.name",
            },
        )
        vault.hold("admin.LogEntry", link="user")
"""
CLAUSE = """
[collect.account]
says = "have an account"
for = ["serve"]
keep = "2 years"
[collect.account.required]
email = "contact.email"
username = "identity.username"
[collect.account.optional]
first_name = "identity.name"
last_name = "identity.name"
"""


@pytest.fixture
def people(shop: OldShop) -> OldShop:
    """The shop with Django's own users and admin."""
    (shop.folder / "shop" / "apps.py").write_text(DECLARED)
    with (shop.folder / "policy.toml").open("a") as file:
        file.write(CLAUSE)
    shop.edit(
        '"kept.promises", "shop"',
        '"kept.promises", "kept.keepers.accounts", "shop", "django.contrib.admin", '
        '"django.contrib.auth", "django.contrib.contenttypes", "django.contrib.messages"',
        "settings.py",
    )
    shop("migrate", "-v0", "--skip-checks")
    shop("post")
    return shop


def test_users_that_were_there_are_linked_found_and_erased(people: OldShop):
    told = people.python("""
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from kept import vault
from kept.vault.holdings import holdings

User.objects.bulk_create(
    User(username=f"u{n}", email=f"u{n}@quux.example", first_name="Zoe") for n in range(5)
)
vault.link_all(holdings()["auth.User"], lambda *_: None)
zoe, other = User.objects.order_by("pk")[:2]
LogEntry.objects.log_actions(zoe.pk, [other], 2, change_message="x", single_object=True)
subject = vault.find("email", "U0@quux.example")
assert vault.subject_of(zoe) == subject
found = {one.holding.label: one.expected for one in vault.everything(subject) if one.expected}
print(found)
erased = vault.erase(subject)
print(erased.done, erased.expected, User.objects.count(), LogEntry.objects.count())
print(vault.counted("auth.User"))
""")
    assert told.splitlines() == [
        "{'admin.LogEntry': 1, 'auth.User': 1, 'kept_vault.Link': 1, 'kept_vault.Subject': 1}",
        "True 2 4 0",
        "Counted(rows=4, nobodys=0)",
    ]


def test_who_signs_in_acts_as_the_subject_that_the_user_is_linked_to(people: OldShop):
    told = people.python("""
from django.contrib.auth.models import AnonymousUser, User
from django.test import RequestFactory
from kept import vault
from kept.vault.middleware import actor_of

request = RequestFactory().get("/")
request.user = User.objects.create_user("zoe", "zoe@quux.example")
actor = actor_of(request)
print(actor.kind, actor.is_subject(vault.find("email", "zoe@quux.example")))
request.user = User.objects.create_user("chief", "chief@quux.example", is_staff=True)
actor = actor_of(request)
print(actor.kind, actor.is_subject(vault.find("email", "chief@quux.example")))
request.user = User.objects.create_user("robot", "")
print(actor_of(request))
""")
    assert told.splitlines() == [
        "subject True",
        "staff True",
        "Actor(kind='subject', id='', subject='')",
    ]


def test_our_own_users_stand_aside(people: OldShop):
    told = people.python("""
from django.apps import apps
from django.contrib.auth import get_user_model
from kept.keepers.accounts import flows

print(get_user_model()._meta.label, apps.get_model("kept_accounts.User")._meta.swapped)
print(flows.make_operator())
""")
    assert told.splitlines() == ["auth.User auth.User", "None"]
    assert "No changes detected" in people(
        "makemigrations", "--check", "--dry-run", "--skip-checks"
    )

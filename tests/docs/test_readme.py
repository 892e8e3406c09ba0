"""What the README says of adding Kept to a Django project is true of a project just begun."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```(?:python|toml)\n(.*?)```", README, re.DOTALL)

HEAD = """
[policy]
site = "Shop"
version = "1"
effective = 2026-01-01
places = ["US"]

[purposes.serve-account]
says = "let you in"
basis = "contract"

[collect.account]
says = "have an account"
for = ["serve-account"]
until = "account closes"
[collect.account.required]
username = "identity.username"
email = "contact.email"
[collect.account.optional]
first_name = "identity.name"
last_name = "identity.name"

[cookies.csrftoken]
says = "keeps other sites from sending forms in your name"
lifetime = "1 year"
necessary = true
"""
APP = """
from django.apps import AppConfig


class ShopConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "shop"

    def ready(self):
        from kept import vault

        fields = {"username": "identity.username", "email": "contact.email",
                  "first_name": "identity.name", "last_name": "identity.name"}
        vault.hold("auth.User", found_by="email", collect="account", fields=fields)
"""
URLS = """
from django.urls import include, path
from shop.views import Ask, Inbox

urlpatterns = [
    path("ask/", Ask.as_view()),
    path("inbox/", Inbox.as_view(template_name="inbox.html")),
    path("privacy/", include("kept.promises.urls")),
]
"""
DRIVE = """
import re
from django.test import Client
from kept import promises
from shop.models import Inquiry

promises.adopt()
client = Client(headers={"host": "localhost"})
page = client.get("/ask/").content.decode()
assert "answer your requests for information" in page and "2 years" in page, page
token = re.search(r'name="kept-form" value="([^"]+)"', page)[1]
typed = {"kept-form": token, "name": "Zoe", "email": "zoe@x.example", "message": "hello"}
assert client.post("/ask/", typed).status_code == 422  # without consent nothing is stored
assert Inquiry.objects.count() == 0
token = re.search(r'name="kept-form" value="([^"]+)"', client.get("/ask/").content.decode())[1]
answer = client.post("/ask/", typed | {"kept-form": token, "consent-answer-inquiry": "on"})
assert (answer.status_code, answer["Location"]) == (302, "/thanks/"), answer.content.decode()
assert "Zoe zoe@x.example new" in client.get("/inbox/").content.decode()
row = Inquiry.objects.get()
assert repr(row.name) == "<sealed identity.name>"
try:
    str(row.name)
except Exception as error:
    print(type(error).__name__)
assert "answer your requests for information" in client.get("/privacy/").content.decode()
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project just begun, with what the README says added to it."""
    policy, settings, models, views = BLOCKS[:4]
    for words in (["startproject", "project", "."], ["startapp", "shop"]):
        subprocess.run([sys.executable, "-m", "django", *words], cwd=tmp_path, check=True)
    mine = settings.replace('"shop", …', '"shop", *INSTALLED_APPS').replace("[…]", "MIDDLEWARE")
    with (tmp_path / "project" / "settings.py").open("a") as file:
        file.write(mine)
    shop = tmp_path / "shop"
    (shop / "models.py").write_text(f"from django.db import models\nimport kept\n\n{models}")
    (shop / "views.py").write_text(
        "from django.views.generic import ListView\nimport kept\nfrom shop.models import Inquiry\n"
        f"\n{views}"
    )
    (shop / "apps.py").write_text(APP)
    (tmp_path / "project" / "urls.py").write_text(URLS)
    (shop / "templates" / "kept").mkdir(parents=True)
    (shop / "templates" / "kept" / "base.html").write_text(
        "{% block main %}{% block content %}{% endblock %}{% endblock %}"
    )
    (shop / "templates" / "inbox.html").write_text(
        "{% for one in object_list %}{{ one.name }} {{ one.email }} {{ one.state }}{% endfor %}"
    )
    clause = policy.replace("[collect.inquiry]\n", '[collect.inquiry]\nsays = "ask us"\n')
    (tmp_path / "policy.toml").write_text(f"{HEAD}\n{clause}")
    return tmp_path


def manage(project: Path, *words: str) -> str:
    environment = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("KEPT_", "DJANGO_", "PYTEST_"))
    }
    done = subprocess.run(
        [sys.executable, "manage.py", *words], cwd=project, env=environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_lines_of_the_readme_make_a_form_a_record_and_an_inbox(project: Path):
    assert not re.search(r"ERRORS|WARNINGS", manage(project, "check"))
    manage(project, "makemigrations", "shop")
    manage(project, "migrate")
    assert manage(project, "shell", "-v0", "-c", DRIVE).startswith("SealedError\n")


def test_the_hosts_own_tests_run_without_anything_of_ours_prepared(project: Path):
    manage(project, "makemigrations", "shop")
    (project / "shop" / "tests.py").write_text(
        "from django.test import TestCase\nfrom shop.models import Inquiry\n\n"
        "class T(TestCase):\n"
        "    def test_it(self):\n        self.assertEqual(Inquiry.objects.count(), 0)\n"
    )
    assert "Ran 1 test" in manage(project, "test")

"""Django's settings for the tests: the product's apps on the engine that `KEPT_TEST_DB` selects."""

import os
import sys
from importlib import import_module
from pathlib import Path

import kept
from tests import world

ROOT = Path(__file__).parent.parent
WORLD = world.enter()


def _found(dotted: str) -> bool:
    place = ROOT / "src" / dotted.replace(".", "/")
    return place.is_dir() or place.with_suffix(".py").exists()


def _whole(app: str) -> bool:
    try:
        import_module(f"{app}.apps")
    except Exception as error:
        sys.stderr.write(f"tests.settings leaves {app} out: {error!r}\n")
        return False
    return True


_asked = [name for name in os.environ.get("KEPT_TEST_APPS", "").split(",") if name]
_ours = [
    app
    for app in kept.APPS
    if _found(f"{app}.apps") and (not _asked or app in _asked) and _whole(app)
]

SECRET_KEY = "only for testing"
DEBUG = False
USE_TZ = True
TIME_ZONE = "UTC"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
DATABASES = {"default": WORLD.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    *_ours,
    *(["kept.site"] if _found("kept.site.apps") and not _asked else []),
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_tasks",
    "django_tasks_db",
]
if "kept.keepers.accounts" in _ours:
    AUTH_USER_MODEL = "kept_accounts.User"
    AUTHENTICATION_BACKENDS = ["kept.keepers.accounts.backend.ByIdentifier"]

MIDDLEWARE = [
    name
    for name in kept.middleware(
        [
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.locale.LocaleMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ]
    )
    if not name.startswith("kept.") or _found(name.rpartition(".")[0])
]
ROOT_URLCONF = "kept.site.urls" if _found("kept.site.urls") and not _asked else "tests.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
STATIC_URL = "/static/"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast, and only for testing
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

KEPT = {
    "POLICY": ROOT / "policies" / "usimprints.toml",
    "DATA": WORLD.root / "data",
    "KEYS": WORLD.keys,
    "SECRET": WORLD.root / "secret",
    "PRODUCTION": False,
    "MAILBOX": True,
}

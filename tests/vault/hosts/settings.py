"""A host project that is not ours: Django's admin, REST framework and Wagtail on sealed models."""

from pathlib import Path

from tests import world

WORLD = world.enter()
_FOLDER = Path(WORLD.root) / "host"
_FOLDER.mkdir(exist_ok=True)

SECRET_KEY = "only for testing"
DEBUG = True
USE_TZ = True
ALLOWED_HOSTS = ["testserver"]
DATABASES = {
    "default": {
        **WORLD.database,
        **({"NAME": str(_FOLDER / "db.sqlite3")} if WORLD.engine == "sqlite" else {}),
    }
}
if WORLD.engine == "postgresql":
    DATABASES["default"]["NAME"] = "kept_host"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "kept.ledger",
    "kept.vault",
    "tests.vault.hosts.clinic",
    "tests.vault.host",
    "wagtail.users",
    "wagtail.images",
    "wagtail.documents",
    "wagtail.snippets",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "rest_framework",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
AUTH_USER_MODEL = "clinic.Staff"
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "kept.vault.middleware.PurposeScope",
]
ROOT_URLCONF = "tests.vault.hosts.urls"
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
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WAGTAIL_SITE_NAME = "Clinic"
WAGTAILADMIN_BASE_URL = "https://clinic.example"
KEPT = {
    "POLICY": Path(__file__),
    "DATA": WORLD.root / "data",
    "KEYS": WORLD.keys,
    "SECRET": WORLD.root / "secret",
    "PRODUCTION": False,
}

"""Django's settings for the tests: the site's own, on the engine that `KEPT_TEST_DB` selects.

Overridden is what a test world needs and nothing else: places, a fast password hasher, models of a
host that the vault's tests bring.
"""

from pathlib import Path

import kept
from kept.site.settings import *  # noqa: F403 - the product's own settings are what is tested
from kept.site.settings import SITE_APPS, SITE_MIDDLEWARE
from tests import world

ROOT = Path(__file__).parent.parent
WORLD = world.enter()

INSTALLED_APPS = ["kept.site", *kept.APPS, *SITE_APPS, "tests.vault.host", "tests.vault.crowd"]
MIDDLEWARE = kept.middleware(SITE_MIDDLEWARE)
KEPT = {
    "POLICY": ROOT / "policies" / "usimprints.toml",
    "DATA": WORLD.root / "data",
    "KEYS": WORLD.keys,
    "SECRET": WORLD.root / "secret",
    "PRODUCTION": False,
    "MAILBOX": True,
}

SECRET_KEY = "only for testing"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
DATABASES = {"default": WORLD.database}
ROOT_URLCONF = "kept.site.urls"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast, and only for testing

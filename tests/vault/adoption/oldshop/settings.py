"""Settings of the old shop, with what adopting it takes. Places come from outside."""

import json
import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent
PLACES = json.loads(os.environ["OLD_SHOP"])

SECRET_KEY = "only for testing"
USE_TZ = True
DEBUG = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": PLACES["database"]}
INSTALLED_APPS = ["kept.ledger", "kept.schedule", "kept.vault", "kept.promises", "shop"]
KEPT = {
    "POLICY": BASE_DIR / "policy.toml",
    "DATA": Path(PLACES["root"]) / "data",
    "KEYS": PLACES["keys"],
    "SECRET": Path(PLACES["root"]) / "secret",
    "PRODUCTION": False,
}

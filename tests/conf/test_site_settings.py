"""The settings that a site star-imports: strict by default, stricter in production."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from kept.site import settings

_SHOW = """
import json
from kept.site import settings
names = [name for name in dir(settings) if name.isupper() and not name.startswith("_")]
print(json.dumps({name: getattr(settings, name) for name in names}))
"""


def _settings(**environment: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", _SHOW], env=environment, capture_output=True, text=True, check=True
    )
    shown: dict[str, object] = json.loads(done.stdout)
    return shown


def test_cookies_are_out_of_reach_of_scripts_and_other_sites_always() -> None:
    shown = _settings()
    for cookie in ("SESSION", "CSRF"):
        assert shown[f"{cookie}_COOKIE_HTTPONLY"] is True
        assert shown[f"{cookie}_COOKIE_SAMESITE"] == "Lax"
    assert shown["DEBUG"] is False


def test_production_asks_for_https_everywhere() -> None:
    shown = _settings(KEPT_PRODUCTION="1")
    assert shown["SESSION_COOKIE_SECURE"] is True
    assert shown["CSRF_COOKIE_SECURE"] is True
    assert shown["SECURE_SSL_REDIRECT"] is True
    assert shown["SECURE_HSTS_SECONDS"] == 31_536_000
    assert "SECURE_PROXY_SSL_HEADER" not in shown


def test_a_proxy_is_believed_only_when_it_is_declared() -> None:
    shown = _settings(KEPT_PRODUCTION="1", KEPT_HTTPS_PROXY="1")
    assert shown["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]


def test_no_log_line_goes_around_the_mask() -> None:
    handlers = settings.LOGGING["handlers"]
    assert {one["formatter"] for one in handlers.values()} == {"masked"}
    assert not any("Email" in one["class"] for one in handlers.values())


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgresql://me:p%40ss@db.example:5433/shop?sslmode=require",
            {"NAME": "shop", "USER": "me", "PASSWORD": "p@ss", "HOST": "db.example",
             "PORT": "5433", "OPTIONS": {"sslmode": "require"}},
        ),
        (
            "postgres://me@/shop?host=/run/postgresql",
            {"NAME": "shop", "USER": "me", "PASSWORD": "", "HOST": "/run/postgresql",
             "PORT": "", "OPTIONS": {}},
        ),
        (
            "postgresql://me@%2Frun%2Fpostgresql/shop",
            {"NAME": "shop", "USER": "me", "PASSWORD": "", "HOST": "/run/postgresql",
             "PORT": "", "OPTIONS": {}},
        ),
    ],
)  # fmt: skip
def test_a_database_url_is_read(tmp_path: Path, url: str, expected: dict[str, object]) -> None:
    address = tmp_path / "database.url"
    address.write_text(url + "\n")
    found = settings.database(address, default=tmp_path / "db.sqlite3")
    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert {key: found[key] for key in expected} == expected


def test_the_environment_s_database_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = tmp_path / "database.url"
    address.write_text("postgresql://me@db/first")
    monkeypatch.setenv("DATABASE_URL", "postgresql://me@db/second")
    assert settings.database(address, default=tmp_path / "x")["NAME"] == "second"


def test_a_database_of_another_kind_is_refused(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://me:opensesame@db/shop")
    with pytest.raises(ImproperlyConfigured, match="`mysql`") as caught:
        settings.database(tmp_path / "none", default=tmp_path / "x")
    assert "opensesame" not in str(caught.value)


@pytest.mark.parametrize("content", [None, "", "\n"])
def test_a_missing_or_empty_secret_stops_the_start(tmp_path: Path, content: str | None) -> None:
    place = tmp_path / "django.key"
    if content is not None:
        place.write_text(content)
    with pytest.raises(ImproperlyConfigured, match=r"django\.key"):
        settings.secret(place)

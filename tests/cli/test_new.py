"""`kept new` writes a project that is whole, private and refused rather than overwritten."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kept._kit.errors import KeptError
from kept.cli import new


@pytest.fixture
def made(tmp_path: Path) -> new.Made:
    return new.write(tmp_path / "imprints", "usimprints")


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_project_is_an_ordinary_django_project(made: new.Made) -> None:
    files = {path.relative_to(made.folder).as_posix() for path in made.folder.rglob("*")}
    assert files == {
        "manage.py", "policy.toml", "README.md", ".gitignore", "data", "keys", "secret",
        "secret/django.key", "imprints", "imprints/__init__.py", "imprints/settings.py",
        "imprints/urls.py", "imprints/wsgi.py", "imprints/asgi.py",
    }  # fmt: skip


def test_what_was_written_is_formatted_and_free_of_lint(made: new.Made) -> None:
    ruff = str(Path(sys.executable).with_name("ruff"))
    for words in (["check", "--select=E,F,I,S"], ["format", "--check"]):
        done = subprocess.run(
            [ruff, *words, "--isolated", "--line-length=100", "."],
            cwd=made.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout


def test_the_three_lines_of_kept_are_in_plain_sight(made: new.Made) -> None:
    text = (made.folder / "imprints" / "settings.py").read_text()
    for line in ("INSTALLED_APPS = [", "MIDDLEWARE = kept.middleware(", "KEPT = {"):
        assert text.count(line) == 1
    assert "*kept.APPS" in text


def test_roots_and_secrets_are_their_owners_only(made: new.Made) -> None:
    for root in ("data", "keys", "secret"):
        assert _mode(made.folder / root) == 0o700
    assert _mode(made.folder / "secret" / "django.key") == 0o600


def test_each_project_has_a_secret_of_its_own(made: new.Made, tmp_path: Path) -> None:
    other = new.write(tmp_path / "other", "usimprints")
    first, second = (one.folder / "secret" / "django.key" for one in (made, other))
    assert len(first.read_text()) >= 64
    assert first.read_text() != second.read_text()


def test_no_secret_stands_where_version_control_looks(tmp_path: Path) -> None:
    url = "postgresql://shop:opensesame@db/shop"
    made = new.write(tmp_path / "shop", "usimprints", url)
    key = (made.folder / "secret" / "django.key").read_text().strip()
    seen = [
        path.read_text()
        for path in made.folder.rglob("*")
        if path.is_file() and path.parent.name != "secret"
    ]
    assert not any("opensesame" in text or key in text for text in seen)
    assert (made.folder / "secret" / "database.url").read_text() == url + "\n"
    assert _mode(made.folder / "secret" / "database.url") == 0o600
    assert "/secret/" in (made.folder / ".gitignore").read_text()


def test_a_policy_may_be_a_file(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_bytes(new.shipped()["usimprints"].read_bytes())
    made = new.write(tmp_path / "shop", str(mine))
    assert (made.policy, (made.folder / "policy.toml").read_bytes()) == ("mine", mine.read_bytes())


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "thesis.txt").write_text("ten years")
    with pytest.raises(KeptError, match="X010"):
        new.write(tmp_path / "shop", "usimprints")
    assert [path.name for path in (tmp_path / "shop").iterdir()] == ["thesis.txt"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    assert new.write(tmp_path / "shop", "usimprints").package == "shop"


def test_an_unknown_policy_is_refused_with_the_names_that_ship(tmp_path: Path) -> None:
    with pytest.raises(KeptError, match=r"X011 no policy `newspaper`; name one of .*usimprints"):
        new.write(tmp_path / "shop", "newspaper")
    assert not (tmp_path / "shop").exists()


def test_a_policy_with_errors_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[collect.inquiry]\nfor = ['nothing']\n")
    with pytest.raises(KeptError, match=r"X012 .*wrong\.toml"):
        new.write(tmp_path / "shop", str(wrong))
    assert not (tmp_path / "shop").exists()


def test_a_database_of_another_kind_is_refused_without_showing_its_password(tmp_path: Path) -> None:
    with pytest.raises(KeptError, match="X013 `mysql`") as caught:
        new.write(tmp_path / "shop", "usimprints", "mysql://me:opensesame@db/shop")
    assert "opensesame" not in str(caught.value)
    assert not (tmp_path / "shop").exists()


@pytest.mark.parametrize(
    ("folder", "package"),
    [
        ("imprints", "imprints"),
        ("My Shop", "my_shop"),
        ("x", "x"),
        ("2nd-shop", "site_2nd_shop"),
        ("django", "site_django"),
        ("class", "site_class"),
        ("été", "t"),
        ("日本", "site_site"),
    ],
)
def test_the_package_is_named_after_the_folder_and_hides_no_other(
    tmp_path: Path, folder: str, package: str
) -> None:
    assert new.write(tmp_path / folder, "usimprints").package == package


def test_the_record_has_a_name_that_is_the_sites_own(made: new.Made, tmp_path: Path) -> None:
    """It stands in every checkpoint and receipt, so it cannot be everybody's default."""
    settings = (made.folder / made.package / "settings.py").read_text("utf-8")
    assert f'"LEDGER_ORIGIN": "{made.folder.name}/privacy/record"' in settings
    policy = tmp_path / "mine.toml"
    text = new.shipped()["usimprints"].read_text("utf-8")
    policy.write_text(text.replace('site = "', 'url = "https://shop.example"\nsite = "', 1))
    again = new.write(tmp_path / "again", str(policy))
    settings = (again.folder / again.package / "settings.py").read_text("utf-8")
    assert '"LEDGER_ORIGIN": "shop.example/privacy/record"' in settings

"""Posting policies in tests: through the real file and the real `adopt`."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kept import promises
from kept.promises import versions

USIMPRINTS = (Path(__file__).parents[1] / "policies" / "usimprints.toml").read_text("utf-8")
Post = Callable[[str], promises.Adopted]


@pytest.fixture
def post(db, settings, tmp_path) -> Iterator[Post]:
    """A function that makes a text the site's policy file and posts it."""
    file = tmp_path / "policy.toml"

    def posting(text: str) -> promises.Adopted:
        file.write_text(text, "utf-8")
        settings.KEPT = {**settings.KEPT, "POLICY": file}
        return promises.adopt()

    yield posting
    versions.only_for_testing_forget()


@pytest.fixture
def usimprints(post: Post) -> promises.Adopted:
    """The reference policy, posted."""
    return post(USIMPRINTS)


def changed(*pairs: tuple[str, str]) -> str:
    """The reference policy with each `old` replaced by `new`; every `old` must be there."""
    text = USIMPRINTS
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


def with_address() -> str:
    """The reference policy saying where its site is, so that mails can carry links."""
    return changed(('places = ["US"]', 'places = ["US"]\nurl = "https://us.example.org"'))

"""The search for traces finds what is planted, in every spelling; or its silence means nothing."""

import base64
import secrets
import sqlite3
from urllib.parse import quote

import pytest

from tests import raw
from tests.browser.traces import traces
from tests.raw import files_under

TEXT = "Zoë-" + secrets.token_hex(8)


SPELLINGS = {
    "as it is": TEXT.encode(),
    "lower case": TEXT.lower().encode(),
    "utf-16-le": TEXT.encode("utf-16-le"),
    "utf-16-be": TEXT.encode("utf-16-be"),
    "hex": TEXT.encode().hex().encode(),
    "quoted": quote(TEXT).encode(),
    **{
        f"base64 after {before}": base64.b64encode(b"x" * before + TEXT.encode() + b"tail")
        for before in range(6)
    },
    **{
        f"base64url after {before}": base64.urlsafe_b64encode(b"?" * before + TEXT.encode())
        for before in range(3)
    },
}
"""Named, because the text is another one in each process."""


@pytest.mark.parametrize("planted", SPELLINGS.values(), ids=SPELLINGS)
def test_a_planted_text_is_found_in_each_spelling(tmp_path, planted):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / ".hidden").write_bytes(b"\x00noise" + planted + b"noise")
    assert len(traces({"a name": TEXT}, files_under(tmp_path))) >= 1


def test_a_text_in_a_database_file_is_found(tmp_path):
    with sqlite3.connect(tmp_path / "clear.sqlite3") as database:
        database.execute("CREATE TABLE people (name TEXT)")
        database.execute("INSERT INTO people VALUES (?)", [TEXT])
    database.close()
    found = traces({"a name": TEXT}, files_under(tmp_path))
    assert found == [f"{tmp_path}/clear.sqlite3: a name (utf-8)"]


def test_nothing_is_found_where_nothing_is(tmp_path):
    (tmp_path / "empty").touch()
    (tmp_path / "noise").write_bytes(secrets.token_bytes(100_000))
    assert traces({"a name": TEXT}, files_under(tmp_path)) == []


def test_a_file_that_goes_away_meanwhile_hides_nothing_and_fails_nothing(tmp_path):
    (tmp_path / "stays").write_text(TEXT)
    (tmp_path / "goes").write_text(TEXT)
    listed = files_under(tmp_path)
    (tmp_path / "goes").unlink()
    assert traces({"a name": TEXT}, listed) == [f"{tmp_path}/stays: a name (utf-8)"]
    told = raw.grep([TEXT.encode()], listed, "--files-with-matches")
    assert told.decode().splitlines() == [f"{tmp_path}/stays"]


def test_what_cannot_be_read_fails_the_search(tmp_path):
    with pytest.raises(AssertionError, match="Is a directory"):
        raw.grep([TEXT.encode()], [tmp_path])


def test_a_place_to_search_that_is_not_there_fails_the_search(tmp_path):
    with pytest.raises(AssertionError, match="nowhere"):
        files_under(tmp_path / "nowhere")
    with pytest.raises(AssertionError, match="nowhere"):
        raw.files_with(TEXT, [tmp_path, tmp_path / "nowhere"])

"""The JavaScript that is run in pages: files of this room, each one function."""

from functools import cache
from pathlib import Path

_ROOM = Path(__file__).parent


@cache
def javascript(path: str) -> str:
    """The function in the file at `path`, from this folder."""
    return (_ROOM / path).read_text("utf-8")

"""The words by which controls and links are known, from `words.toml`."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

Role = Literal["refuse", "withdraw", "save", "accept", "settings"]
_ORDER: tuple[Role, ...] = ("refuse", "withdraw", "settings", "save", "accept")
_LONGEST = 60
"""A control's label is short; what is longer is a sentence about something."""


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    table = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
    longest_first = sorted(table[kind], key=len, reverse=True)
    return re.compile(rf"(?<!\w)({'|'.join(map(re.escape, longest_first))})(?!\w)")


def has(kind: str, text: str) -> bool:
    """Whether a word of this kind stands in `text`."""
    return _pattern(kind).search(text.lower()) is not None


def role(label: str) -> Role | None:
    """What a control with this label does, as far as its words say; None for any other control."""
    if not 0 < len(label) <= _LONGEST:
        return None
    if not has("refuse", label) and _pattern("accept").match(label.lower()):
        return "accept"
    return next((one for one in _ORDER if has(one, label)), None)


def about_choice(label: str) -> bool:
    """Whether the label itself says that it is about cookies or consent."""
    return has("subject", label)

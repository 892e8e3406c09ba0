"""How the states of promises are shown in a terminal: colours and ages."""

from collections.abc import Mapping
from datetime import datetime

from kept._kit import clock

COLOURS: Mapping[str, str] = {"kept": "green", "broken": "bold red", "unproven": "yellow"}

_STEPS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


def ago(moment: datetime | None) -> str:
    """`4 minutes ago`; `never` for None."""
    if moment is None:
        return "never"
    seconds = max(0, int((clock.now() - moment).total_seconds()))
    for length, name in _STEPS:
        if seconds >= length:
            count = seconds // length
            return f"{count} {name}{'s' if count != 1 else ''} ago"
    return "just now"

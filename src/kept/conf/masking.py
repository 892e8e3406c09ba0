"""What looks like a person, an address of a machine or a card, replaced by the name of its kind."""

import re

_MASKS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("email", re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")),
    ("ip", re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.]*\d)")),
    ("ip", re.compile(r"(?<![\w:])(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}(?![\w:])")),
    (
        "number",
        re.compile(r"(?<![\w-])(?!\d{4}-\d\d-\d\d\b)\+?\d(?:[ ().-]{0,2}\d){6,18}(?![\w-])"),
    ),
)


def masked(text: str) -> str:
    """`text` with what looks like email, IP address, phone or card replaced by its kind."""
    for kind, pattern in _MASKS:
        text = pattern.sub(f"[{kind}]", text)
    return text

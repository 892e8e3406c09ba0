"""The style sheet: contrast that weak eyes can read, in light and in dark (WCAG 2.2)."""

import re
from pathlib import Path

import pytest

CSS = Path("src/kept/site/static/kept_site/site.css").read_text()
TEXT, SHAPE = 4.5, 3.0
"""Least contrast of text (success criterion 1.4.3) and of controls' edges and focus (1.4.11)."""
SURFACES = ("paper", "tint", "card")
PAIRS = [
    *[(ink, paper, TEXT) for ink in ("ink", "soft", "link", "brand", "bad") for paper in SURFACES],
    *[(edge, paper, SHAPE) for edge in ("edge", "link", "brand") for paper in SURFACES],
    *[("ink", f"{kind}-tint", TEXT) for kind in ("ok", "warn", "bad", "info")],
    *[(kind, f"{kind}-tint", TEXT) for kind in ("ok", "warn", "bad", "info")],
    *[(kind, "card", TEXT) for kind in ("ok", "warn", "bad", "info")],
    *[("soft", f"{kind}-tint", TEXT) for kind in ("ok", "warn", "bad", "info")],
    ("on-brand", "brand", TEXT),
    ("on-brand", "brand-hover", TEXT),
    ("on-foot", "foot", TEXT),
    ("foot-link", "foot", TEXT),
]


def tokens(scheme: str) -> dict[str, str]:
    """The colours of one scheme: dark ones override light ones, as in the sheet."""
    light, dark = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[:2]
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
    if scheme == "dark":
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", dark))
    return found


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two `#rrggbb` colours, 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(color: str) -> float:
    """Relative luminance as WCAG defines it."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_formula_agrees_with_the_two_ends_that_wcag_names():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#777777") == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_pair_of_colours_is_readable(scheme):
    found = tokens(scheme)
    weak = [
        f"{front} on {back}: {ratio:.2f} < {least}"
        for front, back, least in PAIRS
        if (ratio := contrast(found[front], found[back])) < least
    ]
    assert weak == []


def test_no_colour_stands_outside_the_tokens():
    rules = re.sub(r":root \{.*?\}", "", CSS, flags=re.DOTALL)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", rules) == []


def test_every_token_that_is_used_is_defined():
    used = set(re.findall(r"var\(--([\w-]+)\)", CSS))
    defined = set(re.findall(r"--([\w-]+):", CSS))
    assert used == used & defined
    assert defined - used == set(), "a token that nothing uses"


def test_the_sheet_asks_nobody_for_anything():
    assert "url(" not in CSS
    assert "@import" not in CSS

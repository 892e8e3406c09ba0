"""Templates obey the strict Content-Security-Policy and ask no other host for anything."""

import re
from pathlib import Path

import pytest

TEMPLATES = sorted(Path("src/kept").rglob("templates/**/*.html")) + sorted(
    Path("src/kept").rglob("templates/**/*.svg")
)
FORBIDDEN = {
    "inline style": r"\sstyle\s*=",
    "inline style sheet": r"<style\b",
    "inline script": r"<script(?![^>]*\ssrc=)",
    "inline handler": r"\son[a-z]+\s*=\s*[\"']",
    "another host": r"(?:src|href|action|srcset|poster)\s*=\s*[\"']?(?:https?:)?//",
    "data address": r"(?:src|href)\s*=\s*[\"']?data:",
    "a value left unescaped": r"\|\s*safe\b|autoescape off",
}


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_nothing_that_the_policy_of_the_browser_would_refuse(path):
    text = path.read_text()
    assert [name for name, sign in FORBIDDEN.items() if re.search(sign, text)] == []


@pytest.mark.parametrize(
    "bad",
    [
        '<p style="color:red">',
        "<style>p{}</style>",
        "<script>1</script>",
        '<a onclick="x()">',
        '<img src="//other.example/x.png">',
        '<img src="data:image/gif;base64,R0">',
        "{{ value|safe }}",
    ],
)
def test_each_rule_catches_its_own_example(bad):
    assert [name for name, sign in FORBIDDEN.items() if re.search(sign, bad)] != []


def test_there_are_templates_to_look_at():
    assert len(TEMPLATES) > 20

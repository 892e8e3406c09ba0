"""The key-position scanner finds what `tomllib` finds, where it stands."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kept.policy.positions import DEEPEST, TooDeepError, scan

ROOT = Path(__file__).parents[2]


def paths(value, path=()):
    """Every path of a value that tomllib made."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key)
            yield from paths(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield (*path, index)
            yield from paths(inner, (*path, index))


@pytest.mark.parametrize("file", sorted((ROOT / "policies").glob("*.toml")), ids=lambda f: f.stem)
def test_it_finds_every_key_of_the_reference_policies(file):
    text = file.read_text("utf-8")
    assert set(scan(text).lines) == set(paths(tomllib.loads(text)))


def test_it_gives_the_line_on_which_a_key_is_written():
    text = 'a = 1\n\n[b.c] # x\nd = [\n  "e",\n  "f",\n]\n"g h".i = """\nj = 1\n"""\nk = 2\n'
    lines = scan(text).lines
    assert lines[("a",)] == 1
    assert lines[("b", "c")] == 3
    assert lines[("b", "c", "d", 1)] == 6
    assert lines[("b", "c", "g h", "i")] == 8
    assert lines[("b", "c", "k")] == 11


def test_a_path_that_is_not_written_stands_at_the_table_around_it():
    positions = scan("[a]\n[a.b]\nc = 1\n")
    assert positions.line(("a", "b", "missing")) == 2
    assert positions.line(("nowhere",)) == 1


KEYS = st.one_of(
    st.from_regex(r"[A-Za-z0-9_-]{1,4}", fullmatch=True),
    st.from_regex(r'"(\\"|\\u00e9|[a-z .#\]=]){0,4}"', fullmatch=True),
    st.from_regex(r"'[a-z .#\]=\\]{0,4}'", fullmatch=True),
)
SCALARS = st.sampled_from(
    [
        "1",
        "-2.5e3",
        "true",
        "2024-01-31",
        "07:00:00",
        '"a # \\" ] }"',
        "'b # ]'",
        '"""\nx = 1\n[y]\n"" """',
        "'''\n[z]\n'''",
        '""""q"""""',
        "inf",
    ]
)
SPACES = st.sampled_from(["", " ", "\t"])
BREAKS = st.sampled_from(["", "\n", " # c ] }\n", "\n\n  "])


def arrays(inner):
    return st.builds(
        lambda items, gap, comma: "[" + gap + f"{gap},{gap}".join(items) + comma + gap + "]",
        st.lists(inner, max_size=3),
        BREAKS,
        st.just(""),
    )


def inlines(inner):
    return st.lists(st.tuples(KEYS, inner), max_size=3, unique_by=lambda p: p[0]).map(
        lambda pairs: "{ " + ", ".join(f"{key} = {value}" for key, value in pairs) + " }"
    )


VALUES = st.recursive(SCALARS, lambda inner: arrays(inner) | inlines(inner), max_leaves=6)
LINES = st.one_of(
    st.builds("{}{}={}{}".format, KEYS, SPACES, SPACES, VALUES),
    st.builds("{}.{} = {}".format, KEYS, KEYS, VALUES),
    st.builds("[{}]".format, KEYS),
    st.builds("[{}{}.{}{}]".format, SPACES, KEYS, KEYS, SPACES),
    st.builds("[[{}]]".format, KEYS),
    st.builds("[[{}.{}]]".format, KEYS, KEYS),
    st.sampled_from(["# a = 1", "", "   "]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, max_size=8), st.sampled_from(["\n", "\r\n"]))
def test_it_finds_the_keys_of_whatever_tomllib_reads(lines, ending):
    text = ending.join(line.replace("\n", ending) for line in lines)
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        scan(text)
        return
    assert set(scan(text).lines) == set(paths(tree))


def test_depth_is_limited_before_anything_else_reads_the_text():
    for deep in (
        "a = " + "[" * 50,
        "a." * 50 + "b = 1",
        "[" + "a." * 50 + "b]",
        "x = " + "{a=" * 40,
    ):
        with pytest.raises(TooDeepError):
            scan(deep)
    scan("a = " + "[" * DEEPEST + "]" * DEEPEST)

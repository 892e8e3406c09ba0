"""The page about decisions says what the code does."""

import re
from pathlib import Path

from kept.gate import BUILT_IN
from kept.gate.remains import BASES, CEASED, OBJECTED, RESTRICTED
from kept.gate.rights import NEEDS
from kept.policy import Purpose

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "how-a-decision-is-made.md"
WORDS = {
    frozenset(): "nothing",
    frozenset({"store"}): "store",
    frozenset({"store", "collect"}): "store; collect anew",
    frozenset({"collect", "use", "share", "store"}): "everything",
}


def rows(first):
    """The rows of the table whose first heading is `first`, by their first cell."""
    table = PAGE.read_text("utf-8").split(f"| {first} |")[1].split("\n\n")[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    return {row[0].strip("`"): row[1:] for row in cells[2:]}


def test_the_table_of_what_remains_is_the_one_in_the_code():
    said = rows("basis of the purpose")
    assert len(said) == len(BASES)
    for basis in BASES:
        purpose = Purpose(id="x", says="x", basis=basis)
        cells = [OBJECTED[purpose.may_object], RESTRICTED[basis], CEASED[basis]]
        assert said[basis.replace("-", " ")] == [WORDS[cell] for cell in cells]


def test_every_built_in_purpose_is_on_the_page():
    assert set(rows("purpose")) == set(BUILT_IN)


def test_every_right_and_every_rule_is_on_the_page():
    text = PAGE.read_text("utf-8")
    said = set(NEEDS) - {"export", "expire"}  # a form of access; retention's own
    assert [right for right in said if right not in text.lower()] == []
    assert re.findall(r"^(\d)\. \*\*", text, re.MULTILINE) == list("1234567")

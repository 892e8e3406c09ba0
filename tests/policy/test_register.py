"""The reference policies say beside their clauses which promises of the register they make."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REGISTER = tomllib.loads((ROOT / "tests" / "register.toml").read_text("utf-8"))


def cited(file, prefix):
    """Every id of the register that a comment of the policy names, ranges included."""
    found = set()
    for comment in re.findall(r"#(.*)$", file.read_text("utf-8"), re.MULTILINE):
        found |= set(re.findall(rf"{prefix}-\d\d", comment))
        for first, last in re.findall(rf"{prefix}-(\d\d) to {prefix}-(\d\d)", comment):
            found |= {f"{prefix}-{number:02}" for number in range(int(first), int(last) + 1)}
    return found


@pytest.mark.parametrize(("name", "prefix"), [("usimprints", "UI"), ("us-service-center", "SC")])
def test_every_promise_of_the_register_stands_in_the_policy(name, prefix):
    ours = {id for id in REGISTER if id.startswith(prefix)}
    assert ours
    assert cited(ROOT / "policies" / f"{name}.toml", prefix) == ours

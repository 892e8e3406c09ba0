"""The examples of the guide are true: its parts make a policy, its messages are what is said."""

import re
from pathlib import Path

from kept.policy import loads

GUIDE = (Path(__file__).parents[2] / "docs" / "how-to" / "write-a-policy.md").read_text("utf-8")


def blocks(kind):
    return re.findall(rf"^```{kind}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


def whole():
    return "\n".join(blocks("toml"))


def test_the_parts_make_a_policy_without_problems():
    assert loads(whole(), "policy.toml").problems == ()

"""Texts that stand inside generated sentences must be phrases, or the prose breaks."""

from collections.abc import Iterator

from kept.policy.model import Policy
from kept.policy.positions import Path
from kept.policy.problems import Problem, Where
from kept.policy.words import short


def problems(policy: Policy, where: Where) -> Iterator[Problem]:
    """W120."""
    for path, text in _phrases(policy):
        if text and text.endswith((".", "!", "?")):
            message = f"`{short(text[-20:])}` ends a sentence where a phrase stands inside one"
            yield where.lint("W120", message, path, word=text)


def _phrases(policy: Policy) -> Iterator[tuple[Path, str | None]]:
    for id, purpose in policy.purposes.items():
        yield ("purposes", id, "says"), purpose.says
    for id, point in policy.collect.items():
        yield ("collect", id, "says"), point.says
        yield ("collect", id, "declining"), point.declining
    for name, cookie in policy.cookies.items():
        yield ("cookies", name, "says"), cookie.says
        yield ("cookies", name, "when"), cookie.when
    for id, recipient in policy.recipients.items():
        yield ("recipients", id, "says"), recipient.says
        yield ("recipients", id, "condition"), recipient.condition
    for id, one in policy.disclosures.items():
        yield ("disclosures", id, "says"), one.says
    for id, hold in policy.holds.items():
        yield ("holds", id, "says"), hold.says

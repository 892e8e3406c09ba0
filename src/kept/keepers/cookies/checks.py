"""System checks of cookies: where something is optional, the choice needs its own cookie."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from kept import policy
from kept.conf import settings
from kept.keepers.cookies import choice


@register("kept")
def the_choice_is_declared(**_: Any) -> list[CheckMessage]:
    """kept.D001: optional cookies, and no clause for the cookie that remembers the choice."""
    loaded = policy.load(settings().policy).policy
    if loaded is None or not choice.optional(loaded) or choice.NAME in loaded.cookies:
        return []
    lines = f'[cookies.{choice.NAME}]\nsays = "…"\nlifetime = "6 months"\nnecessary = true'
    return [
        Error(
            f"the policy has optional cookies and no `[cookies.{choice.NAME}]` to remember whether "
            "they were accepted",
            hint=f"add to the policy:\n{lines}",
            id="kept.D001",
        )
    ]

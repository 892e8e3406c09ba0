"""System checks of the policy file: a site with an unreadable policy does not start."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from kept import policy
from kept.conf import settings


@register("kept")
def policy_file_is_readable(**_: Any) -> list[CheckMessage]:
    """kept.P001: every error of the policy file, with its line and what to do."""
    path = settings().policy
    loaded = policy.load(path)
    return [
        Error(str(problem), hint="run `kept policy check` on the file", id="kept.P001")
        for problem in loaded.problems
        if problem.severity == "error"
    ]

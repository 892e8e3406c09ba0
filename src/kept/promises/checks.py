"""System checks of the policy file: a site with an unreadable policy does not start."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from kept import policy
from kept.conf import settings
from kept.promises import keeping


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


@register("kept", deploy=True)
def every_promise_has_a_keeper(**_: Any) -> list[CheckMessage]:
    """kept.P004: each sentence of the policy file that no installed keeper keeps."""
    loaded = policy.load(settings().policy).policy
    if loaded is None:
        return []  # `policy_file_is_readable` says why
    return [
        Error(
            f"the policy promises `{one.id}`, and nothing here keeps it: no keeper can "
            + ", nor ".join(f"`{ability}`" for ability in one.missing),
            hint="install a keeper that can, or take the clause out of the policy",
            id="kept.P004",
        )
        for one in keeping.unkept(loaded).values()
    ]

"""System checks of retention: keeps whose end the software cannot know."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Warning, register

from kept import policy
from kept._kit.errors import code
from kept.conf import settings
from kept.keepers.retention import reach, terms
from kept.policy import Collection, Policy

UNKNOWN_END = code(
    "T001",
    "Nothing tells when a keep of this collection point ends",
    do="give its model a `Kept.ended`, or the clause a period",
)
_REFUSABLE = ("consent", "legitimate-interest", "public-task")
"""Bases that a person can end (GDPR Art. 7(3), 21(1))."""


@register("kept")
def every_end_is_known(**_: Any) -> list[CheckMessage]:
    """kept.T001: a clause ends with an event that neither people's choices nor a model tell."""
    loaded = policy.load(settings().policy).policy
    if loaded is None:
        return []  # the check of the policy file says why
    return [
        Warning(
            f'`[collect.{id}]` says `until = "{clause.keep.event}"`, and nothing tells when that '
            "is: such rows stay",
            hint=UNKNOWN_END.do,
            id=f"kept.{UNKNOWN_END.id}",
        )
        for id, clause in loaded.collect.items()
        if not _told_by_choices(loaded, clause) and not any(_told_by_model(id))
    ]


def _told_by_choices(loaded: Policy, clause: Collection) -> bool:
    if clause.keep.event == terms.REQUEST_ENDS:
        return False
    if clause.keep.event == terms.PURPOSE_ENDS:
        return all(loaded.purposes[one].basis in _REFUSABLE for one in clause.purposes)
    return True


def _told_by_model(point: str) -> Iterator[bool]:
    for kept in reach.kept_models():
        if kept.collect in (point, None):
            yield getattr(getattr(kept.model, "Kept", None), "ended", None) is not None

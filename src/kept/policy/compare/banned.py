"""What `[never]` takes away from a permission: nothing, all but consent, or everything."""

from collections.abc import Iterable

from kept.policy.compare.facts import AGREED, Situation
from kept.policy.model import Policy
from kept.policy.sections.never import Ban
from kept.policy.sections.recipients import Recipient
from kept.policy.taxonomy import is_a


def left(when: frozenset[Situation], bans: Iterable[Ban]) -> frozenset[Situation]:
    """What the `bans` that apply leave of a permission."""
    for ban in bans:
        when &= AGREED if ban.unless else frozenset()
    return when


def on_use(policy: Policy, category: str, purpose: str) -> list[Ban]:
    """The bans that apply to using the category for the purpose."""
    return [
        ban
        for ban in policy.never.values()
        if not ban.join
        and not ban.recipient_kind
        and not ban.occasion
        and ban.operation in (None, "use", "collect", "store")
        and _about(policy, ban, category, purpose)
    ]


def on_share(policy: Policy, one: Recipient, category: str, purpose: str) -> list[Ban]:
    """The bans that apply to giving the category to the recipient for the purpose."""
    return [
        ban
        for ban in policy.never.values()
        if not ban.join
        and ban.operation in (None, "share")
        and (not ban.recipient_kind or one.kind in ban.recipient_kind)
        and ban.occasion in (None, one.occasion)
        and _about(policy, ban, category, purpose)
    ]


def on_join(policy: Policy, one: str, other: str) -> list[Ban]:
    """The bans that keep the two categories apart."""
    return [
        ban
        for ban in policy.never.values()
        if ban.join
        and ban.with_
        and (
            (is_a(one, ban.join) and is_a(other, ban.with_))
            or (is_a(other, ban.join) and is_a(one, ban.with_))
        )
    ]


def _about(policy: Policy, ban: Ban, category: str, purpose: str) -> bool:
    return (
        (ban.category is None or is_a(category, ban.category))
        and ban.purpose in (None, purpose)
        and ban.purpose_kind in (None, policy.purposes[purpose].kind)
    )

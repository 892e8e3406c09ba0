"""Collection points and cookies: what is published, from whom it comes, who may refuse it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from kept.policy.model import Policy
from kept.policy.problems import Problem, Where
from kept.policy.sections.collect import Collection
from kept.policy.sections.purposes import OPTIONAL_KINDS
from kept.policy.taxonomy import category, is_a

Seen: TypeAlias = tuple[str, str | None]


def problems(policy: Policy, where: Where) -> Iterator[Problem]:
    """E040 to E042, W110 to W114."""
    seen = _seen(policy)
    for id, point in policy.collect.items():
        if point.public:
            yield from _published(policy, point, seen, where)
        yield from _given(policy, id, point, where)
    for name, cookie in policy.cookies.items():
        kinds = {policy.purposes[one].kind for one in cookie.purposes}
        if cookie.necessary and kinds and kinds <= OPTIONAL_KINDS:
            message = f"the cookie `{name}` is called necessary but serves {_listed(kinds)} only"
            yield where.lint("W112", message, ("cookies", name, "necessary"), word=name)
    for id, embed in policy.embeds.items():
        if embed.loads == "at once":
            message = f"`{id}` tells {embed.provider} of every visitor before they choose"
            yield where.lint("W114", message, ("embeds", id, "loads"), word=id)


def _given(policy: Policy, id: str, point: Collection, where: Where) -> Iterator[Problem]:
    if point.channel == "third-party" and not point.source:
        message = f"`{id}` comes from third parties and names none as its `source`"
        yield where.error("E042", message, ("collect", id), word=id)
    if point.about == "someone else" and not point.warranty:
        message = f"`{id}` takes someone else's details without a `warranty` of the sender"
        yield where.lint("W110", message, ("collect", id), word=id)
    if "legitimate-interest" not in {policy.purposes[one].basis for one in point.purposes}:
        return
    for field, key in point.fields.items():
        if category(key).special:
            message = f"`{field}` of `{id}` needs more care than a legitimate interest gives"
            yield where.lint("W113", message, ("collect", id, "for"), word=field)


def _published(
    policy: Policy, point: Collection, seen: Mapping[Seen, set[str]], where: Where
) -> Iterator[Problem]:
    id = point.id
    if not point.shown:
        message = f"`{id}` is public and does not say which fields are `shown`"
        yield where.error("E040", message, ("collect", id, "public"), word=id)
        return
    everyone = {
        general
        for purpose in point.purposes
        for scope in (id, None)
        for general in seen.get((purpose, scope), ())
    }
    for index, field in enumerate(point.shown):
        key = point.fields[field]
        if not any(is_a(key, general) for general in everyone):
            message = f"`{field}` of `{id}` is published, but no public recipient receives `{key}`"
            yield where.error("E041", message, ("collect", id, "shown", index), word=field)
            return
    if not any(policy.purposes[one].basis == "consent" for one in point.purposes):
        message = f"`{id}` is published without a purpose that rests on consent"
        yield where.lint("W111", message, ("collect", id, "for"), word=id)


def _seen(policy: Policy) -> Mapping[Seen, set[str]]:
    """What the public receives for each purpose, from one point or (None) from any."""
    found: dict[Seen, set[str]] = {}
    for one in policy.recipients.values():
        if one.kind == "public":
            for purpose in one.purposes:
                for point in one.collections or (None,):
                    found.setdefault((purpose, point), set()).update(one.receives)
    return found


def _listed(kinds: Iterable[str]) -> str:
    return " and ".join(sorted(kinds))

"""What `[never]` forbids against what other clauses permit.

Rules: a clause whose every permission is forbidden is an error (one of the two sentences is
untrue); a clause that is forbidden in part is a lint (its sentence promises less than it says). A
ban that consent lifts contradicts nothing.
"""

from collections.abc import Iterator

from kept.policy.model import Policy
from kept.policy.problems import Problem, Where
from kept.policy.sections.collect import Collection
from kept.policy.sections.never import Ban
from kept.policy.sections.recipients import Recipient
from kept.policy.taxonomy import is_a, leaves


def problems(policy: Policy, where: Where) -> Iterator[Problem]:
    """E033, E036, E037, W103."""
    for id, ban in policy.never.items():
        if ban.unless:
            continue
        if ban.join and ban.with_:
            yield from _joined(policy, id, ban.join, ban.with_, where)
            continue
        for recipient in policy.recipients.values():
            yield from _shared(policy, ban, recipient, where)
        if not ban.recipient_kind and not ban.occasion and ban.operation != "share":
            for point in policy.collect.values():
                yield from _collected(policy, ban, point, where)


def banned_purposes(policy: Policy, ban: Ban, purposes: tuple[str, ...]) -> set[str]:
    """Those of `purposes` that the ban is about."""
    return {
        id
        for id in purposes
        if ban.purpose in (None, id) and ban.purpose_kind in (None, policy.purposes[id].kind)
    }


def _shared(policy: Policy, ban: Ban, one: Recipient, where: Where) -> Iterator[Problem]:
    if ban.operation not in (None, "share") or ban.occasion not in (None, one.occasion):
        return
    if ban.recipient_kind and one.kind not in ban.recipient_kind:
        return
    purposes = banned_purposes(policy, ban, one.purposes)
    gets = {leaf for general in one.receives for leaf in leaves(general)}
    lost = gets & set(leaves(ban.category)) if ban.category else gets
    if not purposes or not lost:
        return
    path = ("recipients", one.id)
    if lost == gets and len(purposes) == len(one.purposes):
        message = f"`{one.id}` may get nothing, because `never.{ban.id}` forbids all of it"
        yield where.error("E033", message, path, word=one.id)
        return
    what = ", ".join(f"`{key}`" for key in sorted(lost)[:3])
    message = f"`{one.id}` receives {what}, which `never.{ban.id}` forbids; name what it gets"
    yield where.lint("W103", message, (*path, "receives"), word=one.id)


def _collected(policy: Policy, ban: Ban, point: Collection, where: Where) -> Iterator[Problem]:
    if len(banned_purposes(policy, ban, point.purposes)) < len(point.purposes):
        return
    for field, category in point.fields.items():
        if ban.category is None or is_a(category, ban.category):
            message = f"`{field}` of `{point.id}` is collected though `never.{ban.id}` forbids it"
            group = _group(point, field)
            yield where.error("E033", message, ("collect", point.id, group, field), word=field)
            return


def _joined(policy: Policy, id: str, join: str, other: str, where: Where) -> Iterator[Problem]:
    for name, permission in policy.combine.items():
        if is_a(permission.join, join) or is_a(permission.with_, join):
            message = f"`{name}` permits to link `{join}`, which `never.{id}` forbids"
            yield where.error("E036", message, ("combine", name), word=name)
    for name, point in policy.collect.items():
        apart = [field for field, key in point.fields.items() if is_a(key, join)]
        beside = [
            field for field, key in point.fields.items() if not is_a(key, join) and is_a(key, other)
        ]
        if apart and beside:
            message = f"`{name}` takes `{apart[0]}` with `{beside[0]}`, which `never.{id}` forbids"
            path = ("collect", name, _group(point, apart[0]), apart[0])
            yield where.error("E037", message, path, word=apart[0])


def _group(point: Collection, field: str) -> str:
    groups = ("required", "optional", "added", "automatic")
    return next(group for group in groups if field in getattr(point, group))

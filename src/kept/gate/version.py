"""Rules 1, 2, 4 and 7 for one version: what its text says about a request, whoever it is about.

Rules: default deny (a permission needs a clause); forbid wins (a ban is looked at whatever else
permits); nothing here depends on the order in which clauses are written.
"""

from collections.abc import Iterator

from kept.gate.asked import ERASE, OPERATIONS, SHARE, Request
from kept.gate.clauses import (
    ORDINARY,
    PUBLIC_KIND,
    Ban,
    Clauses,
    Point,
    covers,
    place_covers,
)
from kept.gate.decision import RuleHit


def refusals(version: Clauses, request: Request) -> tuple[RuleHit, ...]:
    """Every reason for which this version does not allow the request, whatever the facts."""
    undeclared = tuple(_rule_1_declared(version, request))
    if undeclared:
        return undeclared
    return (
        *bans(version, request),
        *_rule_4_granted(version, request),
        *_rule_7_place(version, request),
    )


def granting(version: Clauses, request: Request) -> list[Point]:
    """The collection points whose clause covers the request.

    An occasion is a grant of its own: what it serves is said once, by the recipient's clause, and
    whatever was collected may be given on it.
    """
    on_occasion = request.operation == SHARE and request.occasion not in (None, ORDINARY)
    named = request.collection
    points = version.points
    chosen = points.values() if named is None else [points[named]] if named in points else []
    return [
        point
        for point in chosen
        if (on_occasion or request.purpose in point.purposes)
        and request.category in point.categories
    ]


def lifted_by_consent(version: Clauses, request: Request) -> list[str]:
    """The bans that a subject's own prior consent lifts (`unless = "consent"`)."""
    return [
        id
        for id, ban in version.never.items()
        if ban.unless_consent and _matches(ban, version, request)
    ]


def _rule_1_declared(version: Clauses, request: Request) -> Iterator[RuleHit]:
    if request.operation not in OPERATIONS:
        yield RuleHit(1, False, "", f"unknown operation `{request.operation}`")
    if request.operation == ERASE:
        yield RuleHit(1, False, "rights.erase", "erasing is a right: `decide_right` answers")
    if request.purpose not in version.purposes:
        yield RuleHit(1, False, "", f"undeclared purpose `{request.purpose}`")
    if not any(request.category in point.categories for point in version.points.values()):
        yield RuleHit(1, False, "", f"undeclared category `{request.category}`")
    if request.collection is not None and request.collection not in version.points:
        yield RuleHit(1, False, "", f"undeclared collection point `{request.collection}`")
    if request.recipient is None:
        if request.operation == SHARE:
            yield RuleHit(1, False, "", "sharing without a recipient")
    elif request.operation != SHARE:
        yield RuleHit(1, False, "", f"a recipient, but the operation is {request.operation}")
    elif request.recipient not in version.recipients:
        yield RuleHit(1, False, "", f"undeclared recipient `{request.recipient}`")


def bans(version: Clauses, request: Request) -> Iterator[RuleHit]:
    """Rule 2: every ban that applies, save those that the person's own consent can lift."""
    for id, ban in version.never.items():
        if ban.join is not None:
            if _joins(ban, version, request):
                what = "any other personal data" if ban.with_ == "*" else f"`{ban.with_}`"
                yield RuleHit(2, False, f"never.{id}", f"`{ban.join}` is never linked to {what}")
        elif not ban.unless_consent and _matches(ban, version, request):
            yield RuleHit(2, False, f"never.{id}", "this is forbidden, whatever else permits it")


def _rule_4_granted(version: Clauses, request: Request) -> Iterator[RuleHit]:
    points = granting(version, request)
    if not points:
        where = f"point `{request.collection}`" if request.collection else "any collection point"
        yield RuleHit(
            4,
            False,
            "",
            f"no clause of {where} collects `{request.category}` for `{request.purpose}`",
        )
    elif request.operation == SHARE:
        yield from _rule_4_recipient(version, request, points)


def _rule_4_recipient(version: Clauses, request: Request, points: list[Point]) -> Iterator[RuleHit]:
    name = request.recipient or ""
    recipient, clause = version.recipients[name], f"recipients.{name}"
    if request.purpose not in recipient.purposes:
        yield RuleHit(4, False, clause, f"`{name}` gets nothing for `{request.purpose}`")
    if not any(covers(one, request.category) for one in recipient.receives):
        yield RuleHit(4, False, clause, f"`{name}` does not receive `{request.category}`")
    ids = {id for id, point in version.points.items() if point in points}
    if recipient.points and not ids & recipient.points:
        yield RuleHit(4, False, clause, f"`{name}` gets nothing that came in there")
    if (request.occasion or ORDINARY) not in recipient.occasions:
        when = " or ".join(sorted(recipient.occasions))
        yield RuleHit(4, False, clause, f"`{name}` gets it on this occasion only: {when}")
    if recipient.kind == PUBLIC_KIND and not any(
        request.category in point.published for point in points
    ):
        yield RuleHit(4, False, clause, f"`{request.category}` is not published from there")


def _rule_7_place(version: Clauses, request: Request) -> Iterator[RuleHit]:
    if request.recipient is None or not version.places:
        return
    recipient, clause = version.recipients[request.recipient], f"recipients.{request.recipient}"
    if recipient.kind == PUBLIC_KIND:
        return  # what is published is everywhere, and its collection point says so beforehand
    if recipient.place is None:
        yield RuleHit(7, False, clause, "where the recipient keeps data is not declared")
    elif not any(place_covers(one, recipient.place) for one in version.places):
        yield RuleHit(7, False, clause, f"`{recipient.place}` is outside the declared places")


def _matches(ban: Ban, version: Clauses, request: Request) -> bool:
    """Whether every part that the (non-join) ban names applies to the request."""
    if ban.join is not None:
        return False
    purpose = version.purposes.get(request.purpose)
    recipient = version.recipients.get(request.recipient or "")
    occasions = {request.occasion or ORDINARY}
    if recipient is not None and request.occasion is None:
        occasions |= recipient.occasions
    return (
        (ban.category is None or covers(ban.category, request.category))
        and ban.purpose in (None, request.purpose)
        and (ban.purpose_kind is None or (purpose is not None and purpose.kind == ban.purpose_kind))
        and (
            not ban.recipient_kinds
            or (recipient is not None and recipient.kind in ban.recipient_kinds)
        )
        and (ban.occasion is None or (request.operation == SHARE and ban.occasion in occasions))
        and ban.operation in (None, request.operation)
    )


def _joins(ban: Ban, version: Clauses, request: Request) -> bool:
    """Whether the request's category would stand in one record with what the ban keeps apart.

    A record is what one collection point collects. Where no point is named the data would be
    looked for in every record, so the category in `join` is refused if any subject's record has it.
    """
    join, with_ = ban.join or "", ban.with_ or ""
    if request.collection is None:
        return covers(join, request.category) and not _only_apart(version, request)
    point = version.points.get(request.collection)
    if point is None or not point.about_subject:
        return False
    others = point.categories - {request.category}
    joined, other = covers(join, request.category), covers(with_, request.category)
    return (joined and any(covers(with_, one) for one in others)) or (
        other and any(covers(join, one) for one in others)
    )


def _only_apart(version: Clauses, request: Request) -> bool:
    """Whether the category is collected only where no subject's record is (visits)."""
    return not any(
        request.category in point.categories and point.about_subject
        for point in version.points.values()
    )

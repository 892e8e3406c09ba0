"""The notice of one collection point: what a person reads before giving anything there.

Rules: it says what is asked for, why, on what ground, for how long, who gets it, whether it is
published, and what follows from declining; its plain text is what the consent stores.
"""

from kept.policy import taxonomy
from kept.policy.model import Policy
from kept.policy.prose.labels import label
from kept.policy.prose.language import _, keep, listed, sentence, uses, yours
from kept.policy.prose.said.giving import exposed, published, removable
from kept.policy.prose.shapes import Item, Notice, Use
from kept.policy.sections.collect import Collection


def notice(policy: Policy, point_id: str) -> Notice:
    """The notice of the collection point `point_id`. Raises `KeyError` for an unknown one."""
    point = policy.collect[point_id]
    what = tuple(item(point, field) for field in point.asked)
    asked = tuple(
        Use(id, policy.purposes[id].says, policy.purposes[id].basis) for id in point.purposes
    )
    recipients = recipients_of(policy, point_id)
    parts = _parts(policy, point, what, asked, recipients)
    return Notice(
        point=point_id,
        what=what,
        purposes=asked,
        keep=point.keep,
        keep_text=keep(point.keep),
        declining=point.declining,
        recipients=recipients,
        public=point.public,
        shown=point.shown,
        warranty=point.warranty,
        licence=point.licence,
        text="\n".join(parts),
    )


def item(point: Collection, field: str) -> Item:
    """One field as a form shows it."""
    category = taxonomy.category(point.fields[field])
    return Item(
        field=field,
        label=label(point, field),
        category=category.key,
        required=field in point.required,
        says=point.hints.get(field, ""),
    )


def recipients_of(policy: Policy, point_id: str) -> tuple[str, ...]:
    """Everyone who may ordinarily get something that is given at the point, as noun phrases."""
    point = policy.collect[point_id]
    found = []
    for id, one in policy.recipients.items():
        if one.collections and point_id not in one.collections:
            continue
        if one.occasion != "ordinary" or not set(one.purposes) & set(point.purposes):
            continue
        fields = point.fields.values()
        if any(taxonomy.is_a(got, general) for got in fields for general in one.receives):
            found.append(one.says or id.replace("-", " "))
    return tuple(found)


def _parts(
    policy: Policy,
    point: Collection,
    what: tuple[Item, ...],
    asked: tuple[Use, ...],
    recipients: tuple[str, ...],
) -> list[str]:
    needed = [one.label for one in what if one.required]
    free = [one.label for one in what if not one.required]
    parts = [_("Needed: {fields}", fields="; ".join(needed))] if needed else []
    if free:
        parts.append(_("Optional: {fields}", fields="; ".join(free)))
    if point.automatic:
        parts.append(_("Recorded with it: {what}", what=yours(point.automatic.values())))
    parts.append(
        _(
            "We use it {uses}; we keep it {keep}.",
            uses=uses(policy, point.purposes),
            keep=keep(point.keep),
        )
    )
    parts += _consent(policy, asked)
    if recipients:
        parts.append(_("It may go to {recipients}.", recipients=listed(recipients)))
    if point.public:
        parts += [published(point), exposed()]
    parts += [sentence(one) for one in (point.warranty, point.licence) if one]
    if point.removable:
        parts.append(removable(point))
    if point.declining:
        parts.append(_("You are free to decline; then {declining}.", declining=point.declining))
    return parts


def _consent(policy: Policy, asked: tuple[Use, ...]) -> list[str]:
    """What of it rests on consent, and that consent can be taken back (GDPR article 7(3))."""
    agreed = [one.id for one in asked if one.basis == "consent"]
    if not agreed:
        return []
    if len(agreed) == len(asked):
        return [_("This rests on your consent, which you can take back at any time.")]
    return [
        _(
            "We do this only with your consent, which you can take back at any time: {uses}.",
            uses=uses(policy, agreed),
        )
    ]

"""The notice of one collection point: what a person reads before giving anything there.

Rules: it says what is asked for, why, on what ground, for how long, who gets it, whether it is
published, and what follows from declining; its plain text is what the consent stores.
"""

from kept.policy import taxonomy
from kept.policy.model import Policy
from kept.policy.prose.language import _, keep, listed, sentence
from kept.policy.prose.shapes import Item, Notice, Use
from kept.policy.sections.collect import Collection


def notice(policy: Policy, point_id: str) -> Notice:
    """The notice of the collection point `point_id`. Raises `KeyError` for an unknown one."""
    point = policy.collect[point_id]
    what = tuple(item(point, field) for field in point.asked)
    uses = tuple(
        Use(id, one.says, one.basis)
        for id in point.purposes
        if (one := policy.purposes[id]) is not None
    )
    recipients = recipients_of(policy, point_id)
    parts = _parts(policy, point, what, uses, recipients)
    return Notice(
        point=point_id,
        what=what,
        purposes=uses,
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


def label(point: Collection, field: str) -> str:
    """The field's label: the point's own, else the category's name, else the field's name."""
    if field in point.labels:
        return point.labels[field]
    category = taxonomy.category(point.fields[field])
    if field == category.key.rpartition(".")[2]:
        return _(category.label)[:1].upper() + _(category.label)[1:]
    words = field.replace("_", " ")
    return words[:1].upper() + words[1:]


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
    uses: tuple[Use, ...],
    recipients: tuple[str, ...],
) -> list[str]:
    needed = [one.label for one in what if one.required]
    free = [one.label for one in what if not one.required]
    parts = [_("We ask for: {fields}.", fields="; ".join(needed))] if needed else []
    if free:
        parts.append(_("You may leave out: {fields}.", fields="; ".join(free)))
    parts.append(_("We use it to {purposes}.", purposes=listed([one.says for one in uses])))
    parts.append(_("We keep it {keep}.", keep=keep(point.keep)))
    if recipients:
        parts.append(_("It may go to: {recipients}.", recipients="; ".join(recipients)))
    if point.public:
        shown = listed([label(point, field) for field in point.shown]) or _("everything you send")
        parts.append(
            _(
                "It is published: everyone can read {shown}, copy it and keep it, and may use it "
                "to write to you unasked.",
                shown=shown,
            )
        )
    parts += [sentence(one) for one in (point.warranty, point.licence) if one]
    if point.declining:
        parts.append(_("You are free to decline; then {declining}.", declining=point.declining))
    return parts

"""The names of fields, for forms and for sentences."""

from kept.policy import taxonomy
from kept.policy.prose.language import _
from kept.policy.sections.collect import Collection


def label(point: Collection, field: str) -> str:
    """The field's label: the point's own, else the category's name, else the field's name."""
    if field in point.labels:
        return _(point.labels[field])
    category = taxonomy.category(point.fields[field])
    if field == category.key.rpartition(".")[2]:
        name = _(category.label)
        return name[:1].upper() + name[1:]
    words = field.replace("_", " ")
    return words[:1].upper() + words[1:]

"""The system check of holdings: an undeclared model is an error.

Rules: every model is declared; a way to the subject must lead there; `keep` and "not personal" have
a reason; what is emptied exists; a column that sounds personal in a model that is "not personal" is
a warning until it is named among those that only sound so.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import FieldDoesNotExist, FieldError
from django.db import models

from kept.vault.errors import UNDECLARED_MODEL
from kept.vault.holdings import links
from kept.vault.holdings.declared import (
    Holding,
    NotPersonal,
    all_models,
    declaration,
    is_part,
)
from kept.vault.holdings.linked import can_detach, referrers
from kept.vault.identifiers import kind_of

_SOUNDS = re.compile(
    r"(^|_)(first|last|full|sur)?_?name$|e?mail(?!ed|ing|er|box)|phone|mobile|address|street|"
    r"postal|zip|birth|gender|(^|_)ip($|_)|(^|_)user_?agent|passport|ssn|iban|card_?number|latitude|longitude",
    re.IGNORECASE,
)


@register(Tags.models)
def undeclared(app_configs: Any = None, **_: Any) -> list[CheckMessage]:
    """Every model is a holding or not personal, and what it says is true as far as can be seen."""
    wanted = None if app_configs is None else {config.label for config in app_configs}
    found: list[CheckMessage] = []
    for model in all_models():
        if wanted is None or model._meta.app_label in wanted:
            found += _messages(model)
    return found


def _messages(model: type[models.Model]) -> Iterator[CheckMessage]:
    made = declaration(model)
    if made is None and (is_part(model) or _adds_nothing(model)):
        return
    if made is None:
        yield _error(
            model,
            "nothing is declared about what it keeps of people",
            'add `class Kept: not_personal = "why"` or `holds_by = "…__subject"`, or call '
            "kept.vault.not_personal / hold for a model that is not yours",
        )
    elif isinstance(made, NotPersonal):
        yield from _not_personal(model, made)
    else:
        yield from _holding(model, made)


def _adds_nothing(model: type[models.Model]) -> bool:
    """Whether a child of a stored model has no column of its own: what its parent says is all."""
    links = set(model._meta.parents.values())
    return bool(links) and all(column in links for column in model._meta.local_concrete_fields)


def _not_personal(model: type[models.Model], made: NotPersonal) -> Iterator[CheckMessage]:
    if not made.reason.strip():
        yield _error(model, "it is declared not personal without a reason", "say why")
    for field in model._meta.concrete_fields:
        if _SOUNDS.search(field.name) and field.name not in made.though:
            yield Warning(
                f"`{field.name}` sounds personal in a model that is declared not personal",
                hint=f'declare it as a holding, or say though=("{field.name}",)',
                obj=model,
                id=f"kept.{UNDECLARED_MODEL.id}",
            )


def _holding(model: type[models.Model], made: Holding) -> Iterator[CheckMessage]:
    for path in made.paths:
        try:
            str(model._base_manager.filter(**{f"{path}__in": []}).query.where)
        except FieldError:
            yield _error(model, f"`{path}` leads nowhere", "name the way to the subject")
    yield from _linking(model, made)
    yield from _erasing(model, made)


def _linking(model: type[models.Model], made: Holding) -> Iterator[CheckMessage]:
    """What is said of clear-text columns, and the way to the person by link rows."""
    names = {column.name for column in model._meta.concrete_fields}
    for column in made.fields:
        if column not in names:
            yield _error(model, f"there is no column `{column}`", "correct `fields`")
    if made.found_by and kind_of(made.fields.get(made.found_by, "")) is None:
        yield _error(
            model, f"`{made.found_by}` identifies nobody",
            "name a column of `fields` that is an email address, a phone number or a user name",
        )  # fmt: skip
    if made.link not in ("", "pk") and not _leads_to_links(model, made.link):
        yield _error(
            model, f"`{made.link}` leads to no model with link rows",
            "declare that model with the column that identifies the person",
        )  # fmt: skip
    if not made.fields:
        return
    for column in sorted(names - made.fields.keys()):
        if _SOUNDS.search(column):
            yield Warning(
                f"`{column}` sounds personal and is not among the declared columns",
                hint="add it to `fields` with its category", obj=model,
                id=f"kept.{UNDECLARED_MODEL.id}",
            )  # fmt: skip


def _leads_to_links(model: type[models.Model], way: str) -> bool:
    try:
        made = declaration(links.model_behind(model, way))
    except (FieldDoesNotExist, AttributeError):
        return False
    return isinstance(made, Holding) and made.link == "pk"


def _erasing(model: type[models.Model], made: Holding) -> Iterator[CheckMessage]:
    if made.erase == "keep" and not made.reason.strip():
        yield _error(model, "its rows outlive an erasure without a reason", "say why")
    names = {field.name: field for field in model._meta.concrete_fields}
    for column in made.columns:
        if column not in names:
            yield _error(model, f"there is no column `{column}` to empty", "correct the name")
    cut = can_detach(made, model)
    if made.erase == "anonymise" and not made.columns and not cut:
        yield _error(model, "it is anonymised by emptying nothing", "name the columns")
    if made.erase == "delete" and not cut:
        for other, key in referrers(model):
            whose = "of other people" if other.erase == "delete" else "that stay"
            yield _error(
                model,
                f"deleting its rows would take rows {whose} in `{other.label}` along",
                f"let `{other.label}.{key.name}` be emptied (SET_NULL), or give the rows a key to "
                "the subject of their own",
            )


def _error(model: type[models.Model], text: str, hint: str) -> Error:
    return Error(text, hint=hint, obj=model, id=f"kept.{UNDECLARED_MODEL.id}")

"""System checks of what is declared about clear-text columns, and of adopted models.

Rules: a declared column has the category that its clause gives it; a column of the host's own never
takes the place of one that sealing needs (`subject` is a common name for a line of text).
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, Tags, register

from kept.policy import Policy
from kept.vault.adopting.operations import COLUMNS
from kept.vault.checks import stated_policy
from kept.vault.errors import NOT_SEALABLE, UNDECLARED
from kept.vault.fields import AdoptedModel
from kept.vault.holdings import Holding, holdings


@register(Tags.models)
def declared_columns(app_configs: Sequence[Any] | None = None, **_: Any) -> list[CheckMessage]:
    """Every declared clear-text column is in its clause, with the same category."""
    policy = stated_policy()
    found: list[CheckMessage] = []
    for holding in holdings().values():
        if holding.fields:
            found += _against(holding, policy)
    return found


@register(Tags.models)
def adopted_models(app_configs: Sequence[Any] | None = None, **_: Any) -> list[CheckMessage]:
    """Nothing of the host's own stands where an adopted model needs its columns."""
    kinds = {field.name: type(field) for field in AdoptedModel._meta.local_fields}
    found: list[CheckMessage] = []
    for model in apps.get_models():
        for name in COLUMNS if issubclass(model, AdoptedModel) else ():
            if type(model._meta.get_field(name)) is not kinds[name]:
                text = f"its column `{name}` takes the place of one that sealing needs"
                hint = "give it another name; db_column keeps its column"
                found.append(Error(text, hint=hint, obj=model, id=f"kept.{NOT_SEALABLE.id}"))
    return found


def _against(holding: Holding, policy: Policy | None) -> Iterator[CheckMessage]:
    model = apps.get_model(holding.label)
    if not holding.collect:
        yield _error(model, "its clear-text columns name no clause", 'say collect="…"')
        return
    if policy is None:
        return
    clause = policy.collect.get(holding.collect)
    if clause is None:
        yield _error(
            model, f"the policy has no `[collect.{holding.collect}]`",
            "add the clause or correct the name",
        )  # fmt: skip
        return
    for column, category in holding.fields.items():
        said = clause.fields.get(column)
        if said != category:
            yield _error(
                model,
                f"`{column}` is declared `{category}`, `[collect.{clause.id}]` says `{said}`",
                "let both say the same",
            )  # fmt: skip


def _error(model: Any, text: str, hint: str) -> Error:
    return Error(text, hint=hint, obj=model, id=f"kept.{UNDECLARED.id}")

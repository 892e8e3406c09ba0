"""Kept: a privacy policy that runs. This module is the whole of what a host project imports.

Names are loaded when they are first asked for, so that `kept.policy` and `kept.gate` stay pure
and settings files may import `kept` before Django's apps are ready.
"""

from importlib import import_module
from typing import Any

_WHERE = {
    "APPS": "kept.conf",
    "middleware": "kept.conf",
    "purpose": "kept.gate",
    "for_purpose": "kept.gate",
    "PurposeMixin": "kept.gate",
    "purpose_urls": "kept.gate",
    "Model": "kept.vault.fields",
    "AdoptedModel": "kept.vault.fields",
    "SealFields": "kept.vault.adopting.operations",
    "UnsealFields": "kept.vault.adopting.operations",
    "Char": "kept.vault.fields",
    "Text": "kept.vault.fields",
    "Email": "kept.vault.fields",
    "Phone": "kept.vault.fields",
    "URL": "kept.vault.fields",
    "Date": "kept.vault.fields",
    "DateTime": "kept.vault.fields",
    "Integer": "kept.vault.fields",
    "Decimal": "kept.vault.fields",
    "Boolean": "kept.vault.fields",
    "JSON": "kept.vault.fields",
    "CollectView": "kept.keepers.forms.views",
}
__all__ = sorted(_WHERE)  # noqa: PLE0605 - computed from the table above on purpose


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"kept has no `{name}`")
    value = getattr(import_module(_WHERE[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__

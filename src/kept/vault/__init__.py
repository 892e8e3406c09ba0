"""The vault: personal data at rest. What other rooms use of it; models are in `kept.vault.fields`.

Names are loaded when they are first asked for, because Django must have its apps ready for them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kept.vault.erasing import Erased, erase, erase_keys, open_erasures, purge
    from kept.vault.erasing import finish as finish_erasures
    from kept.vault.files import sweep as sweep_files
    from kept.vault.finding import Found, everything
    from kept.vault.holdings import hold, not_personal
    from kept.vault.identifiers import claim, normal, release
    from kept.vault.keystore import KeyStore, Rotation, refuse_unfinished
    from kept.vault.keystore import keystore as key_store
    from kept.vault.opening import prepare
    from kept.vault.query import permitted
    from kept.vault.rotating import master_age, rotate_master, verify_keys
    from kept.vault.sealed_bytes import open_bytes, seal_bytes
    from kept.vault.subjects import (
        find,
        find_or_make,
        make,
        set_agreed,
        set_choices,
        set_limits,
        standing,
    )

_RENAMED = {"key_store": "keystore", "finish_erasures": "finish", "sweep_files": "sweep"}
_WHERE = {
    "Erased": "erasing",
    "Found": "finding",
    "KeyStore": "keystore",
    "Rotation": "keystore",
    "claim": "identifiers",
    "erase": "erasing",
    "erase_keys": "erasing",
    "everything": "finding",
    "find": "subjects",
    "find_or_make": "subjects",
    "finish_erasures": "erasing",
    "hold": "holdings",
    "key_store": "keystore",
    "make": "subjects",
    "master_age": "rotating",
    "normal": "identifiers",
    "not_personal": "holdings",
    "open_bytes": "sealed_bytes",
    "open_erasures": "erasing",
    "permitted": "query",
    "purge": "erasing",
    "prepare": "opening",
    "refuse_unfinished": "keystore",
    "release": "identifiers",
    "rotate_master": "rotating",
    "seal_bytes": "sealed_bytes",
    "set_agreed": "subjects",
    "set_choices": "subjects",
    "set_limits": "subjects",
    "sweep_files": "files",
    "verify_keys": "rotating",
    "standing": "subjects",
}

__all__ = [
    "Erased",
    "Found",
    "KeyStore",
    "Rotation",
    "claim",
    "erase",
    "erase_keys",
    "everything",
    "find",
    "find_or_make",
    "finish_erasures",
    "hold",
    "key_store",
    "make",
    "master_age",
    "normal",
    "not_personal",
    "open_bytes",
    "open_erasures",
    "permitted",
    "prepare",
    "purge",
    "refuse_unfinished",
    "release",
    "rotate_master",
    "seal_bytes",
    "set_agreed",
    "set_choices",
    "set_limits",
    "standing",
    "sweep_files",
    "verify_keys",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"kept.vault has no `{name}`")
    return getattr(import_module(f"kept.vault.{_WHERE[name]}"), _RENAMED.get(name, name))

"""The vault: personal data at rest. What other rooms use of it; models are in `kept.vault.fields`.

Names are loaded when they are first asked for, because Django must have its apps ready for them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kept.vault.adopting.levels import Adopted, Counted, Level, below_sealed, counted, levels
    from kept.vault.adopting.linking import link, link_all, linked_models, subject_of
    from kept.vault.adopting.tally import Read, observed
    from kept.vault.closing import end as end_class
    from kept.vault.closing import kept_of
    from kept.vault.closing import remove as remove_class
    from kept.vault.codec import is_envelope
    from kept.vault.erasing import Erased, erase, erase_keys, open_erasures, purge
    from kept.vault.erasing import finish as finish_erasures
    from kept.vault.errors import NotStoredError
    from kept.vault.files import sweep as sweep_files
    from kept.vault.finding import Found, everything
    from kept.vault.holdings import hold, hold_files, not_personal
    from kept.vault.identifiers import claim, normal, release
    from kept.vault.keystore import KeyStore, Rotation, refuse_unfinished
    from kept.vault.keystore import keystore as key_store
    from kept.vault.lawful import look_at_holds, look_at_law
    from kept.vault.leaving import lock_people, not_held, remove_leftovers
    from kept.vault.mergers import Merged, merge, on_merger, survivor
    from kept.vault.mergers import finish as finish_mergers
    from kept.vault.opening import prepare
    from kept.vault.placing import Standing, all_holds, holds, place_hold
    from kept.vault.query import permitted
    from kept.vault.reading_held import HeldFile, HeldRow, held_data
    from kept.vault.reading_statutory import statutory_data, statutory_people
    from kept.vault.releasing import Swept, lift_hold
    from kept.vault.releasing import sweep as sweep_holds
    from kept.vault.remains import Remains, remaining
    from kept.vault.rotating import master_age, master_in_words, rotate_master, verify_keys
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
    from kept.vault.tables import sealed_tables, tables_of

_RENAMED = {
    "end_class": "end",
    "finish_erasures": "finish",
    "finish_mergers": "finish",
    "key_store": "keystore",
    "remove_class": "remove",
    "sweep_files": "sweep",
    "sweep_holds": "sweep",
}
_WHERE = {
    "Erased": "erasing",
    "Found": "finding",
    "HeldFile": "reading_held",
    "HeldRow": "reading_held",
    "KeyStore": "keystore",
    "NotStoredError": "errors",
    "Merged": "mergers",
    "Remains": "remains",
    "Rotation": "keystore",
    "Standing": "placing",
    "Swept": "releasing",
    "all_holds": "placing",
    "claim": "identifiers",
    "end_class": "closing",
    "erase": "erasing",
    "erase_keys": "erasing",
    "everything": "finding",
    "find": "subjects",
    "find_or_make": "subjects",
    "finish_erasures": "erasing",
    "finish_mergers": "mergers",
    "hold": "holdings",
    "hold_files": "holdings",
    "held_data": "reading_held",
    "holds": "placing",
    "is_envelope": "codec",
    "kept_of": "closing",
    "key_store": "keystore",
    "lift_hold": "releasing",
    "lift_suppression": "suppressing",
    "look_at_holds": "lawful",
    "look_at_law": "lawful",
    "lock_people": "leaving",
    "make": "subjects",
    "master_age": "rotating",
    "master_in_words": "rotating",
    "merge": "mergers",
    "normal": "identifiers",
    "not_held": "leaving",
    "not_personal": "holdings",
    "on_merger": "mergers",
    "open_bytes": "sealed_bytes",
    "open_erasures": "erasing",
    "permitted": "query",
    "place_hold": "placing",
    "prepare": "opening",
    "purge": "erasing",
    "refuse_unfinished": "keystore",
    "release": "identifiers",
    "remaining": "remains",
    "remove_class": "closing",
    "remove_leftovers": "leaving",
    "rotate_master": "rotating",
    "seal_bytes": "sealed_bytes",
    "sealed_tables": "tables",
    "tables_of": "tables",
    "set_agreed": "subjects",
    "set_choices": "subjects",
    "set_limits": "subjects",
    "standing": "subjects",
    "statutory_data": "reading_statutory",
    "statutory_people": "reading_statutory",
    "suppress": "suppressing",
    "suppress_all": "suppressing",
    "suppressed": "suppressing",
    "survivor": "mergers",
    "sweep_files": "files",
    "sweep_holds": "releasing",
    "verify_keys": "rotating",
    "Adopted": "adopting.levels",
    "Counted": "adopting.levels",
    "Level": "adopting.levels",
    "Read": "adopting.tally",
    "below_sealed": "adopting.levels",
    "counted": "adopting.levels",
    "levels": "adopting.levels",
    "link": "adopting.linking",
    "link_all": "adopting.linking",
    "linked_models": "adopting.linking",
    "observed": "adopting.tally",
    "subject_of": "adopting.linking",
}

__all__ = [
    "Adopted",
    "Counted",
    "Erased",
    "Found",
    "HeldFile",
    "HeldRow",
    "KeyStore",
    "Level",
    "Merged",
    "NotStoredError",
    "Read",
    "Remains",
    "Rotation",
    "Standing",
    "Swept",
    "all_holds",
    "below_sealed",
    "claim",
    "counted",
    "end_class",
    "erase",
    "erase_keys",
    "everything",
    "find",
    "find_or_make",
    "finish_erasures",
    "finish_mergers",
    "held_data",
    "hold",
    "hold_files",
    "holds",
    "is_envelope",
    "kept_of",
    "key_store",
    "levels",
    "lift_hold",
    "lift_suppression",
    "link",
    "link_all",
    "linked_models",
    "lock_people",
    "look_at_holds",
    "look_at_law",
    "make",
    "master_age",
    "master_in_words",
    "merge",
    "normal",
    "not_held",
    "not_personal",
    "observed",
    "on_merger",
    "open_bytes",
    "open_erasures",
    "permitted",
    "place_hold",
    "prepare",
    "purge",
    "refuse_unfinished",
    "release",
    "remaining",
    "remove_class",
    "remove_leftovers",
    "rotate_master",
    "seal_bytes",
    "sealed_tables",
    "set_agreed",
    "set_choices",
    "set_limits",
    "standing",
    "statutory_data",
    "statutory_people",
    "subject_of",
    "suppress",
    "suppress_all",
    "suppressed",
    "survivor",
    "sweep_files",
    "sweep_holds",
    "tables_of",
    "verify_keys",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"kept.vault has no `{name}`")
    return getattr(import_module(f"kept.vault.{_WHERE[name]}"), _RENAMED.get(name, name))

"""The key store: the one place where the keys of personal data are, apart from the data.

Not one of Django's databases: a host's tests, migrations and routers never touch it.
"""

from kept.vault.keystore.keys import ID_BYTES, SubjectKey
from kept.vault.keystore.rotation import Rotation, rotate, unfinished, verify
from kept.vault.keystore.start import (
    during_restore,
    keystore,
    masters_of,
    only_for_testing_use,
    refuse_unfinished,
    start_problems,
)
from kept.vault.keystore.store import JournalEntry, KeyStore

__all__ = [
    "ID_BYTES",
    "JournalEntry",
    "KeyStore",
    "Rotation",
    "SubjectKey",
    "during_restore",
    "keystore",
    "masters_of",
    "only_for_testing_use",
    "refuse_unfinished",
    "rotate",
    "start_problems",
    "unfinished",
    "verify",
]

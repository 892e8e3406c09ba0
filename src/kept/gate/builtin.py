"""The purposes that need no clause, and exactly what each may do. Nothing else passes without one.

The rows below bind them; choices and versions do not, because each serves the subject or keeps the
promise itself. `[never]` binds `sign-in` and `operate`; it cannot keep a person from seeing what is
held about them, nor stored data from being sealed anew.

- `own-data`: a person sees and corrects what is held about them (GDPR Art. 15, 16, 20). Needs
  `Facts.own`; opens everything, to nobody else.
- `sign-in`: finds out who logs in and reaches them about that (a reset link). Opens user name and
  email address only; works under restriction too, so that an erasure can still be cancelled.
- `operate`: keeps the server standing (throttling, abuse). Opens device details of the request at
  hand; stores and shares nothing.
- `maintain`: rotates keys, re-seals, backs up. Stores everything, opens nothing: no plaintext
  leaves. Hence it may stand inside any other scope.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from kept.gate.asked import STORE, USE

OWN_DATA: Final = "own-data"
SIGN_IN: Final = "sign-in"
OPERATE: Final = "operate"
MAINTAIN: Final = "maintain"


class BuiltIn(msgspec.Struct, frozen=True):
    """One built-in purpose: what it may do with which categories, and for whom."""

    id: str
    says: str
    categories: Mapping[str, tuple[str, ...]]
    """Operation -> categories or groups of them; `*` is every one."""
    own_only: bool = False
    bound_by_bans: bool = True


BUILT_IN: Final[Mapping[str, BuiltIn]] = MappingProxyType(
    {
        each.id: each
        for each in (
            BuiltIn(
                OWN_DATA,
                "show people what is held about them, and let them correct it",
                {USE: ("*",), STORE: ("*",)},
                own_only=True,
                bound_by_bans=False,
            ),
            BuiltIn(
                SIGN_IN,
                "find out who logs in, and reach them about it",
                {USE: ("identity.username", "contact.email")},
            ),
            BuiltIn(
                OPERATE,
                "keep the server standing",
                {USE: ("device",)},
            ),
            BuiltIn(
                MAINTAIN,
                "rotate keys, seal again, back up, without opening anything",
                {STORE: ("*",)},
                bound_by_bans=False,
            ),
        )
    }
)

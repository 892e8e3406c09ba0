"""The table of what remains possible after a person said no. Data only; the rules read it.

Rows: the legal basis of the purpose (GDPR Art. 6). Cells: the operations that remain. A basis that
is not in a table keeps nothing. Erasing is a right and remains always (`kept.gate.rights`).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kept.gate.asked import COLLECT, SHARE, STORE, USE

CONSENT: Final = "consent"
CONTRACT: Final = "contract"
LEGAL: Final = "legal-obligation"
INTEREST: Final = "legitimate-interest"
VITAL: Final = "vital-interest"
PUBLIC: Final = "public-task"
BASES: Final = (CONSENT, CONTRACT, LEGAL, INTEREST, VITAL, PUBLIC)

_ALL: Final = frozenset({COLLECT, USE, SHARE, STORE})
_ONLY_STORE: Final = frozenset({STORE})
_FRESH: Final = frozenset({STORE, COLLECT})
_NONE: Final[frozenset[str]] = frozenset()

Remains = Mapping[str, frozenset[str]]

OBJECTED: Final[Mapping[bool, frozenset[str]]] = MappingProxyType(
    {
        # May people object to the purpose? By default Art. 21 (legitimate interest, public task)
        # and consent, whose refusal ends it (Art. 7.3); the policy may open more to objection.
        True: _NONE,
        False: _ALL,
    }
)

RESTRICTED: Final[Remains] = MappingProxyType(
    {
        # Art. 18.2: storage; legal claims and the public interest; the rights of another person.
        # What someone under restriction hands in anew, with consent, is taken and stored.
        CONSENT: _FRESH,
        CONTRACT: _ONLY_STORE,
        LEGAL: _ALL,
        INTEREST: _ONLY_STORE,
        VITAL: _ALL,
        PUBLIC: _ONLY_STORE,
    }
)

CEASED: Final[Remains] = MappingProxyType(
    {
        # "Processing ceases": what is held stays where it is until it is due or erased. Stopping
        # takes every consent back, so one that stands was given afterwards: it lifts the stop for
        # its own purpose and for no other.
        CONSENT: _ALL,
        CONTRACT: _ONLY_STORE,
        LEGAL: _ALL,
        INTEREST: _ONLY_STORE,
        VITAL: _ALL,
        PUBLIC: _ONLY_STORE,
    }
)


SIGNALLED: Final[Mapping[bool, frozenset[str]]] = MappingProxyType(
    {
        # Does the purpose rest on consent? One given to this very site goes before a general
        # signal of the browser; every other basis yields where the policy stops the purpose.
        True: _ALL,
        False: _ONLY_STORE,
    }
)

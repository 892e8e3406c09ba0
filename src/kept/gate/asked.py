"""What is asked (`Request`) and about whom (`Facts`): two small frozen values, nothing else.

Rules: neither holds personal data; a request is hashed once, so that it can be kept and asked
again; a fact that is not known says so (`None`) and is never guessed.
"""

from typing import Final

import msgspec

COLLECT: Final = "collect"
USE: Final = "use"
SHARE: Final = "share"
STORE: Final = "store"
ERASE: Final = "erase"
OPERATIONS: Final = (COLLECT, USE, SHARE, STORE, ERASE)
"""DPV's processing operations, as far as the gate tells them apart."""


class Request(msgspec.Struct, frozen=True, gc=False):
    """What is asked: may this operation happen to this category, for this purpose."""

    operation: str
    """One of `OPERATIONS`."""
    category: str
    """A category of the taxonomy, e.g. `contact.email`."""
    purpose: str
    """A purpose of the policy or one of the built-in ones."""
    collection: str | None = None
    """The collection point the data came in by; `None`: whichever (any clause will do)."""
    recipient: str | None = None
    """Who gets it: needed for `share`, and for nothing else."""
    occasion: str | None = None
    """What happened that lets it be given (`legal process`, `merger`, …); `None`: the ordinary."""


class Facts(msgspec.Struct, frozen=True):
    """What is known about the subject and the moment. Masks are over the purposes' bits."""

    base: int | None = None
    """Ordinal of the policy version that the data stands under; `None`: unknown, which denies."""
    consented: int = 0
    """Mask of the purposes that the subject has consented to."""
    objected: int = 0
    """Mask of the purposes that the subject has objected to."""
    restricted: bool = False
    """Processing is restricted (GDPR Art. 18), as while an erasure waits for its day."""
    ceased: bool = False
    """The subject asked that processing cease ("unsubscribe" from everything)."""
    age: int | None = None
    """Years, where known. Unknown passes: the promise is about what is *knowingly* collected."""
    signals: frozenset[str] = frozenset()
    """Signals of the present request: `global-privacy-control`, `do-not-track`."""
    place: str | None = None
    """Where the data would go, if the sink knows: an ISO 3166 code such as `US` or `US-CA`."""
    met: frozenset[str] = frozenset()
    """Conditions of the recipient's clause that the caller has established: `condition`,
    `region`, `sector`. What is not established is not met."""
    own: bool = False
    """The acting person is the subject of the data (`Scope.owns`); `own-data` needs it."""

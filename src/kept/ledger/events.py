"""The kinds of event a ledger can hold. Typed fields only: there is no place for free text.

Rules: a word is a declared name (policy, taxonomy, label), never what a person typed; a row is
named by its random id; a person is never named here, for the subject seals the event. Every kind
says in its docstring what it records, and the table in the docs is generated from this file.
"""

from typing import Annotated, Literal, TypeAlias, get_args
from uuid import UUID

import msgspec
from msgspec import Meta

from kept._kit.errors import KeptError
from kept.ledger.errors import EVENT

Word: TypeAlias = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9._:+-]{0,62}[A-Za-z0-9])?$", max_length=64)
]
"""A declared name: letters, digits and `. _ : + -`; no spaces, no `@`, at most 64 characters."""
Words: TypeAlias = tuple[Word, ...]
Digest: TypeAlias = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
"""A 256-bit digest in lower-case hexadecimal."""
Count: TypeAlias = Annotated[int, Meta(ge=0, le=2**53)]
Ordinal: TypeAlias = Annotated[int, Meta(ge=0, le=2**31)]
"""A policy version: its place in the order of adoption, from 0."""
Who: TypeAlias = Literal["visitor", "subject", "staff", "system"]
Right: TypeAlias = Literal[
    "access", "export", "correct", "cease", "unsubscribe", "restrict", "object", "withdraw", "erase"
]
Way: TypeAlias = Literal["web", "account", "mail", "staff"]


class Event(
    msgspec.Struct,
    frozen=True,
    tag_field="kind",
    tag=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
):
    """What all kinds share: immutable, named fields, its kind written as `kind`."""


class Collected(Event, frozen=True):
    """Personal data came in at a collection point."""

    point: Word
    version: Ordinal
    categories: Words
    row: UUID | None = None


class Dropped(Event, frozen=True):
    """A collection point was given fields that its clause does not name; they were not kept."""

    point: Word
    fields: Count


class Consented(Event, frozen=True):
    """A subject gave consent to purposes, after being shown a text."""

    point: Word | None
    purposes: Words
    version: Ordinal
    text_digest: Digest
    confirmed: bool = False
    """Whether the holder of the address confirmed it through a link mailed there."""
    row: UUID | None = None


class Withdrawn(Event, frozen=True):
    """A subject took consent back."""

    purposes: Words
    version: Ordinal | None = None
    row: UUID | None = None


class Objected(Event, frozen=True):
    """A subject objected to purposes."""

    purposes: Words


class Restricted(Event, frozen=True):
    """Processing of a subject's data was restricted, ceased or set free again."""

    state: Literal["restricted", "ceased", "free"]


class Agreed(Event, frozen=True):
    """A subject agreed to a policy version."""

    version: Ordinal
    way: Literal["continued-use", "express"]
    row: UUID | None = None


class Opened(Event, frozen=True):
    """Sealed data of a subject was given in clear to someone."""

    purpose: Word
    actor: Who
    categories: Words
    by: Word | None = None
    statute: Word | None = None
    """The legal duty in `[statutes]` under which it was read, where that is why it is there."""


class Rendered(Event, frozen=True):
    """Data that its subjects published was shown to the public; counted, not per reader."""

    point: Word
    times: Count


class Changed(Event, frozen=True):
    """Data of a subject was corrected or updated."""

    point: Word
    categories: Words
    row: UUID | None = None


class Sent(Event, frozen=True):
    """Data of a subject was given to a recipient."""

    recipient: Word
    purpose: Word
    categories: Words
    version: Ordinal
    row: UUID | None = None


class Told(Event, frozen=True):
    """A recipient of data was told that it was erased or corrected, or its use objected to.

    No subject: what was told names nobody but to that recipient.
    """

    recipient: Word
    change: Literal["erase", "correct", "object"]
    outcome: Literal["told", "given-up"] = "told"


class Published(Event, frozen=True):
    """Something a subject submitted was made public, or taken down again."""

    point: Word
    state: Literal["public", "taken-down"] = "public"
    row: UUID | None = None


class Moderated(Event, frozen=True):
    """Staff decided about something submitted for publication."""

    point: Word
    outcome: Literal["accepted", "refused"]
    by: Word | None = None
    row: UUID | None = None


class Requested(Event, frozen=True):
    """A subject asked for a right to be carried out."""

    right: Right
    way: Way
    row: UUID | None = None


class Progressed(Event, frozen=True):
    """A request went on: it is known who asks, its delay began, it is being carried out."""

    right: Right
    state: Literal["verified", "delayed", "working"]
    row: UUID | None = None


class Answered(Event, frozen=True):
    """A request was closed. `expected` and `reached` count the rows a walk should and did reach."""

    right: Right
    outcome: Literal["done", "partly", "nothing", "same", "refused", "cancelled", "lapsed"]
    expected: Count = 0
    reached: Count = 0
    row: UUID | None = None


class Erased(Event, frozen=True):
    """Erasure of a subject was decided, or its rows were purged (`expected` against `reached`)."""

    state: Literal["decided", "purged"]
    expected: Count = 0
    reached: Count = 0


class KeyDestroyed(Event, frozen=True):
    """Keys of one subject were destroyed; which subject is not said."""

    keys: Count


class Expired(Event, frozen=True):
    """Retention deleted rows whose time was over, those of `model` and what went with them."""

    point: Word
    rows: Count
    model: Word | None = None


class Removed(Event, frozen=True):
    """A flow removed a row about a subject, neither erasing the subject nor because time was over.

    What replaced or ended it is an event of its own.
    """

    point: Word | None = None
    row: UUID | None = None


class Held(Event, frozen=True):
    """A legal hold was placed on data of a subject, or released."""

    hold: Word
    state: Literal["placed", "released"]
    by: Word | None = None


class Suppressed(Event, frozen=True):
    """An address was suppressed for a purpose, or set free; neither address nor person is said."""

    purpose: Word
    state: Literal["suppressed", "lifted"]


class Merged(Event, frozen=True):
    """Two subjects turned out to be one person; `expected` and `reached` count the rows moved."""

    state: Literal["decided", "done"]
    by: Word | None = None
    expected: Count = 0
    reached: Count = 0


class Rotated(Event, frozen=True):
    """A key was replaced and the old one destroyed."""

    key: Literal["master", "identifier", "signing", "mac"]
    generation: Count


class BackedUp(Event, frozen=True):
    """A verified backup was made."""

    store: Literal["data", "keys", "ledger"]
    digest: Digest


class RestoreTried(Event, frozen=True):
    """A backup was restored into a scratch place and checked: whether it would bring back all."""

    digest: Digest
    outcome: Literal["good", "bad"]


class RestoredFrom(Event, frozen=True):
    """A database came back from an older copy: the tree's size it knew, the events it lost."""

    store: Literal["data", "keys"]
    size: Count
    events: Count


class Continued(Event, frozen=True):
    """A new log was begun, because the database of the one before was lost.

    `log`: its number; `size` and `root`: the newest tree of the lost one that anyone remembers.
    """

    log: Count
    size: Count
    root: Digest | None = None


class Found(Event, frozen=True):
    """A row stood there when a new log was begun: what was recorded of it before was lost."""

    effect: Word
    row: UUID | None = None


class Refused(Event, frozen=True):
    """What waited for the ledger had been edited; it was set aside instead of recorded."""

    place: Literal["outbox", "inbox", "head"]
    entries: Count


class PolicyAdopted(Event, frozen=True):
    """A policy version was posted; it comes into force on its day."""

    version: Ordinal
    digest: Digest


class PolicyWithdrawn(Event, frozen=True):
    """A posted policy version was withdrawn before it came into force."""

    version: Ordinal


class Account(Event, frozen=True):
    """An account was opened for staff, signed in to or out of, its password or factor changed."""

    what: Literal[
        "opened", "signed-in", "signed-out", "password", "second-factor", "reset", "shut", "closed"
    ]
    """`reset`: password and second factor were taken away by somebody else; `shut`: no sign-in."""
    account: Word
    """The account's random id."""
    by: Word | None = None
    """The account of the second person who agreed, where it takes one."""
    why: Literal["lost", "compromised", "left", "other"] | None = None


class VisitsCounted(Event, frozen=True):
    """A batch of page views was published without anything that links them."""

    views: Count
    dropped: Count


AnyEvent: TypeAlias = (
    Collected | Dropped | Consented | Withdrawn | Objected | Restricted | Agreed | Opened
    | Rendered | Changed | Sent | Told | Published | Moderated | Requested | Progressed | Answered
    | Erased | KeyDestroyed | Expired | Removed | Held | Suppressed | Merged | Rotated | BackedUp
    | RestoreTried | RestoredFrom | Continued | Found | Refused | PolicyAdopted
    | PolicyWithdrawn | Account | VisitsCounted
)  # fmt: skip

_encoder = msgspec.json.Encoder(order="deterministic", uuid_format="canonical")
_decoder: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)


KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(AnyEvent)}
"""Every kind by its name."""


_ROW = len(b',"row":""}') + 36
"""Length of the field `row` and what follows it; where an event has one, it stands last."""
_good: set[bytes] = set()
"""Encoded events, without their row, that were read back: sites record the same ones again."""
_MOST = 5000


def encode(event: AnyEvent) -> bytes:
    """The bytes of `event`, read back, so that a value of the wrong form cannot get in.

    Raises `KeptError` L001 naming the field.
    """
    if not isinstance(event, Event):
        raise KeptError(EVENT, f"`{type(event).__name__}` is no kind of event")
    data = _encoder.encode(event)
    form = data[:-_ROW] if type(getattr(event, "row", None)) is UUID else data
    if form not in _good:
        decode(data)
        if len(_good) >= _MOST:
            _good.clear()
        _good.add(form)
    return data


def decode(data: bytes) -> AnyEvent:
    """The event of `data`. Raises `KeptError` L001 unless `data` is exactly one event."""
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise KeptError(EVENT, f"not an event: {error}") from error

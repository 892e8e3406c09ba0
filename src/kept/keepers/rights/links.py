"""Links in mails about requests: made, found again, used once.

Rules: a link carries a random id and a signature, nothing about a person; what it stands for is
sealed, by the site's key while nobody is known to stand behind the address, then by that person's
own, so that erasing them ends it; using it removes it; one whose end lies further ahead than any
link lasts was made under a wrong clock and opens nothing.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.core import signing

from kept import vault
from kept._kit import clock
from kept._kit.errors import KeptError
from kept.keepers.rights.models import Link, Request

LASTS = timedelta(days=1)
"""How long one has to say that it was oneself."""
LONG = timedelta(days=7)
"""How long a copy can be fetched."""
FARTHEST = timedelta(days=370)
"""The longest delay that a policy may declare for erasing, and then some."""
_SALT = "kept.keepers.rights.links"
_STATUS = "kept.keepers.rights.status"
_LABEL = "request-link"


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What a link stands for, as it is sealed."""

    address: str = ""
    message: str = ""
    word: str = ""
    """Which mail it is, where one kind of link has several."""
    details: str = ""


def begin(
    kind: Link.Kind,
    request: Request,
    held: Held,
    *,
    subject: UUID | None = None,
    ends: datetime | None = None,
) -> Link:
    """Keep a link. The same work whoever asks; the mail is a job's matter."""
    row = Link(kind=kind, request=request, subject_id=subject, ends=ends or _in(LASTS))
    row.sealed = vault.seal_bytes(_LABEL, msgspec.msgpack.encode(held), subject)
    row.save(force_insert=True)
    return row


def held_by(row: Link) -> Held | None:
    """What a row stands for; None where its time is over or its person was erased."""
    now = clock.now()
    if row.ends <= now or row.ends > now + FARTHEST:
        return None
    try:
        plain = vault.open_bytes(_LABEL, bytes(row.sealed))
    except KeptError:
        return None
    return msgspec.msgpack.decode(plain, type=Held)


def give_to(row: Link, subject: UUID, held: Held) -> None:
    """The address is known to be `subject`'s: what it stands for gets their own key."""
    row.subject_id = subject
    row.sealed = vault.seal_bytes(_LABEL, msgspec.msgpack.encode(held), subject)
    row.save(update_fields=["subject", "sealed"])


def token(row: Link) -> str:
    """What stands in the link's address."""
    return signing.dumps(str(row.pk), salt=_SALT, compress=False)


def find(text: str, kind: Link.Kind, *, lock: bool = False) -> tuple[Link, Held] | None:
    """The row of a link and what it stands for; None where it is forged, used or over."""
    id = _read(text, _SALT)
    if id is None:
        return None
    rows: Any = Link.objects.select_for_update() if lock else Link.objects
    row = rows.filter(pk=id, kind=kind).first()
    held = None if row is None else held_by(row)
    return None if held is None else (row, held)


def status_token(request: Request) -> str:
    """What stands in the address of the page that says how far a request is, and nothing else."""
    return signing.dumps(str(request.pk), salt=_STATUS, compress=False)


def by_status(text: str) -> Request | None:
    """The request of a status page; None where the address is forged or the request is gone."""
    id = _read(text, _STATUS)
    return None if id is None else Request.objects.filter(pk=id).first()


def ends_in(span: timedelta) -> datetime:
    """When a link made now is over."""
    return _in(span)


def _read(text: str, salt: str) -> UUID | None:
    try:
        return UUID(signing.loads(text, salt=salt))
    except (signing.BadSignature, ValueError, TypeError):
        return None


def _in(span: timedelta) -> datetime:
    """That far from now, rounded up to an hour: the row does not tell when it was made."""
    moment = clock.now() + span
    return moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)

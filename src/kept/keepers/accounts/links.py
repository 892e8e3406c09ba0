"""Links in mails: made, found again, used once (NIST SP 800-63B-4, section 3.1.3.2 in spirit).

Rules: a link carries a random id and a signature, nothing about a person; it ends after `LASTS`;
what it stands for is sealed, by the site's key while nobody is known to stand behind the address,
then by that person's own, so that erasing them ends it; using it removes it.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.core import signing

from kept import vault
from kept._kit import clock
from kept._kit.errors import KeptError
from kept.keepers.accounts.models import Link

LASTS = timedelta(days=1)
_SALT = "kept.keepers.accounts.links"
_LABEL = "account-link"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for, as it stands sealed until the link is followed."""

    base: str
    """The site as its visitor reached it: `https://example.org`."""
    address: str
    values: dict[str, str] = {}
    """Fields of the clause, for a new account."""
    password: str = ""
    """The hash of the password, for a new account."""
    agreed: tuple[str, ...] = ()
    shown: str = ""
    """The very text that stood above the consent boxes."""
    at: datetime | None = None
    """When it was sent, for consents that the link confirms."""
    version: int = 0
    dropped: int = 0
    user: UUID | None = None
    session: str = ""
    """The state of the account's password that the link belongs to."""


def begin(kind: Link.Kind, asked: Asked, subject: UUID | None = None) -> UUID:
    """Keep what was asked for. The same work whoever asks; the mail is a job's matter."""
    row = Link(kind=kind, subject_id=subject, ends=_ends())
    row.sealed = vault.seal_bytes(_LABEL, msgspec.msgpack.encode(asked), subject)
    row.save(force_insert=True)
    return row.pk


def asked_by(row: Link) -> Asked | None:
    """What a row stands for; None where its time is over or its person was erased."""
    if row.ends <= clock.now():
        return None
    try:
        plain = vault.open_bytes(_LABEL, bytes(row.sealed))
    except KeptError:
        return None
    return msgspec.msgpack.decode(plain, type=Asked)


def give_to(row: Link, subject: UUID, asked: Asked) -> None:
    """The address is known to be `subject`'s: it becomes theirs, under their own key."""
    row.subject_id = subject
    row.sealed = vault.seal_bytes(_LABEL, msgspec.msgpack.encode(asked), subject)
    row.save(update_fields=["subject", "sealed"])


def token(row: Link) -> str:
    """What stands in the link's address."""
    return signing.dumps(str(row.pk), salt=_SALT, compress=False)


def find(text: str, kind: Link.Kind, *, lock: bool = False) -> tuple[Link, Asked] | None:
    """The row of a link and what it stands for; None where it is forged, used or over."""
    try:
        id = UUID(signing.loads(text, salt=_SALT))
    except (signing.BadSignature, ValueError):
        return None
    rows: Any = Link.objects.select_for_update() if lock else Link.objects
    row = rows.filter(pk=id, kind=kind).first()
    asked = None if row is None else asked_by(row)
    return None if asked is None else (row, asked)


def _ends() -> datetime:
    """A day from now, rounded up to an hour: the row does not tell when it was asked for."""
    moment = clock.now() + LASTS
    return moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)

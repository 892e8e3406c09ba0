"""What was ticked for an address and waits for its holder: sealed, found by its link, used once.

Rules: a link carries a random id and a signature, nothing about a person; it ends after `LASTS`;
what it stands for is sealed by the site's key while nobody is known to stand behind the address,
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
from kept.keepers.consent.confirming import Unproved
from kept.keepers.mailings.models import Asked

LASTS = timedelta(days=1)
_SALT = "kept.keepers.mailings.asking"
_LABEL = "asked-consent"


def begin(unproved: Unproved) -> UUID:
    """Keep it. The same work whoever stands behind the address."""
    row = Asked(subject_id=unproved.subject, ends=_ends())
    _seal(row, unproved)
    row.save(force_insert=True)
    return row.pk


def give_to(row: Asked, subject: UUID, unproved: Unproved) -> None:
    """The address is known to be `subject`'s: it becomes theirs, under their own key."""
    row.subject_id = subject
    _seal(row, unproved)
    row.save(update_fields=["subject", "sealed"])


def read(row: Asked) -> Unproved | None:
    """What a row stands for; None where its time is over or its person was erased."""
    if row.ends <= clock.now():
        return None
    try:
        plain = vault.open_bytes(_LABEL, bytes(row.sealed))
    except KeptError:
        return None
    return msgspec.msgpack.decode(plain, type=Unproved)


def token(row: Asked) -> str:
    """What stands in the link's address."""
    return signing.dumps(str(row.pk), salt=_SALT, compress=False)


def find(text: str, *, lock: bool = False) -> tuple[Asked, Unproved] | None:
    """The row of a link and what it stands for; None where it is forged, used or over."""
    try:
        id = UUID(signing.loads(text, salt=_SALT))
    except (signing.BadSignature, ValueError):
        return None
    rows: Any = Asked.objects.select_for_update() if lock else Asked.objects
    row = rows.filter(pk=id).first()
    unproved = None if row is None else read(row)
    return None if unproved is None else (row, unproved)


def sweep() -> str:
    """Remove what nobody confirmed in time."""
    gone, _ = Asked.objects.filter(ends__lte=clock.now()).delete()
    return f"{gone} removed" if gone else ""


def _seal(row: Asked, unproved: Unproved) -> None:
    plain = msgspec.msgpack.encode(unproved)
    row.sealed = vault.seal_bytes(_LABEL, plain, row.subject_id)


def _ends() -> datetime:
    """A day from now, rounded up to an hour: the row does not tell when it was asked for."""
    moment = clock.now() + LASTS
    return moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)

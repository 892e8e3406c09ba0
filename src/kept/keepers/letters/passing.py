"""From a mail to a request about one's own data (UI-15 to UI-18): called by the job.

Rules: only of a sender who is proven, because the request sends them a mail; once; where it cannot
be started, the mail stays with the operator as it is.
"""

import os
from uuid import UUID

from django.db import transaction

from kept import gate, promises
from kept._kit.errors import KeptError
from kept.conf import settings
from kept.keepers.letters.models import Letter
from kept.keepers.letters.reading import rights_purpose, value_of
from kept.keepers.rights import flows as rights

_ADDRESS, _TEXT = "contact.email", "communication.email"


def pass_on(id: UUID, *, base: str = "") -> str:
    """Start it: `passed`, or why it stays (`not proven`, `later`, `denied`, `over`, an error)."""
    try:
        with transaction.atomic():
            return _pass(id, base)
    except KeptError as error:  # the transaction is undone, so the mail is still the operator's
        return error.code.id


def _pass(id: UUID, base: str) -> str:
    row = Letter.objects.select_for_update().filter(pk=id, state=Letter.State.NEW).first()
    if row is None or not row.asks:
        return "over"
    if not row.proven:
        return "not proven"
    purpose = rights_purpose()
    if purpose is None:
        return "denied"
    with gate.purpose(purpose):
        address, text = value_of(row, _ADDRESS), value_of(row, _TEXT)
    if not isinstance(address, str):
        return "denied"
    message = text if isinstance(text, str) else ""
    base = base or promises.current().policy.meta.url or _served_at()
    done = rights.ask(row.asks, channel="mail", address=address, message=message, base=base)
    if done.request is None:
        return "later"
    row.state, row.request = Letter.State.PASSED, done.request
    row.save(update_fields=["state", "request"])
    return "passed"


def _served_at() -> str:
    """Where the site stands on this machine, while developing."""
    return "" if settings().production else os.environ.get("KEPT_SERVED_AT", "")

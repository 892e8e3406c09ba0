"""Writing to a person at an address that they gave for the purpose at hand.

Rules: the address is taken from a row that serves the purpose, opened in its scope; where the gate
gives none, nothing is written, and the caller is told.
"""

from typing import Any

from kept import gate
from kept._kit.errors import KeptError
from kept.keepers.sharing import rows
from kept.keepers.sharing.flows import mails
from kept.keepers.sharing.outcomes import Queued
from kept.vault.models import Subject

_ADDRESS = "contact.email"


def write(person: Subject, purpose: str, heading: str, text: str) -> bool:
    """Have a mail sent; whether there was an address to send it to. Call it in the scope."""
    clauses = gate.in_force().in_force[1].collect
    serving = {id for id, one in clauses.items() if purpose in one.purposes}
    for row, point in rows.rows(person.pk, serving):
        to = _address(row)
        if to is None:
            continue
        try:
            sent = mails.send_mail(
                subject=person.pk,
                purpose=purpose,
                point=point,
                collected=row.collected or 0,
                to=to,
                heading=heading,
                text=text,
            )
        except KeptError:  # another address of theirs may do
            continue
        if isinstance(sent, Queued):
            return True
    return False


def _address(row: Any) -> str | None:
    for name, category in rows.fields(row):
        value = rows.open(row, name) if category == _ADDRESS else None
        if isinstance(value, str) and value:
            return value
    return None

"""What is left of an erased person, why, and until when: for reports, letters and evidence."""

from collections import Counter
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Count

from kept import gate
from kept.vault import files, placing
from kept.vault.holdings import holdings
from kept.vault.keystore import keystore
from kept.vault.keystore.sparing import STATUTORY, hold_of
from kept.vault.models import SealedFile
from kept.vault.staying import Staying, with_key

NEEDED = "needed"
"""The reason of rows that others which stay hang on; nothing in them can be read."""


class Remains(NamedTuple):
    """Rows of one table that outlive the erasure for one reason."""

    label: str
    rows: int
    why: str
    """A clause, `holds.legal` or `statutes.tax`, or `needed`."""
    says: str
    """The clause's own words."""
    until: date | None
    """The last day of a hold; None where retention decides (statutes)."""


class _Reason(NamedTuple):
    why: str
    says: str
    until: date | None


def remaining(subject: UUID, *, using: str = DEFAULT_DB_ALIAS) -> tuple[Remains, ...]:
    """What a law or a hold keeps of `subject`, by table; nothing where nothing is kept."""
    spared = keystore().keys.spared(subject)
    if not spared:
        return ()
    staying, reasons = Staying(subject, spared, using), _reasons(subject, spared)
    found: Counter[tuple[str, _Reason]] = Counter()
    for holding in holdings().values():
        rows = staying.sealed(holding)
        if rows is None:
            continue
        if rows.model is SealedFile:
            under = [files.key_of(id) for id in rows.values_list("pk", flat=True)]
            counted = [(key, 1) for key in under if key is not None]
        else:
            grouped = with_key(rows).order_by().values_list("_kept_key").annotate(Count("pk"))
            counted = [(bytes(key), rows) for key, rows in grouped]
        for key, many in counted:
            found[holding.label, reasons[key]] += many
    for label, pks in staying.needed.items():
        if pks:
            found[label, _Reason(NEEDED, "rows that are kept refer to them", None)] += len(pks)
    return tuple(
        Remains(label, rows, *reason)
        for (label, reason), rows in sorted(found.items(), key=lambda one: one[0][0])
    )


def _reasons(subject: UUID, spared: dict[bytes, str]) -> dict[bytes, _Reason]:
    policy = gate.in_force().in_force[1]
    standing = {one.id: one for one in placing.holds(subject)}
    found = {}
    for id, keep in spared.items():
        hold = standing.get(hold_of(keep) or UUID(int=0))
        if hold is not None:
            clause = policy.holds.get(hold.reason)
            says = clause.says if clause else ""
            found[id] = _Reason(f"holds.{hold.reason}", says, hold.until)
        else:
            name = keep.removeprefix(STATUTORY)
            statute = policy.statutes.get(name)
            found[id] = _Reason(f"statutes.{name}", statute.says if statute else "", None)
    return found

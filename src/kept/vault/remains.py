"""What is left of an erased person, why, and until when: for reports, letters and evidence."""

from collections import Counter
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Count

from kept import gate
from kept.vault import files, placing
from kept.vault.holdings import holdings
from kept.vault.keystore import keystore
from kept.vault.keystore.sparing import STATUTORY, hold_of
from kept.vault.models import SealedFile
from kept.vault.staying import Staying, hold_on, spared, with_key

NEEDED = "needed"
"""The reason of rows that others which stay hang on; nothing sealed in them can be read."""


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
    spares = spared(subject)
    if not spares:
        return ()
    staying = Staying(subject, spares, using)
    reasons = _reasons(subject, keystore().keys.spared(subject))
    found: Counter[tuple[str, _Reason]] = Counter()
    for holding in holdings().values():
        clear, hold = staying.clear(holding), hold_on(holding, spares.holds)
        if clear is not None and hold is not None and (many := clear.count()):
            found[holding.label, _of_hold(hold)] += many
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
        if only_so := pks - _told(label, staying):
            why = _Reason(NEEDED, "rows that are kept refer to them", None)
            found[label, why] += len(only_so)
    return tuple(
        Remains(label, rows, *reason)
        for (label, reason), rows in sorted(found.items(), key=lambda one: one[0][0])
    )


def _told(label: str, staying: Staying) -> set[Any]:
    """The primary keys of a table's rows that stay for a reason of their own."""
    holding = holdings()[label]
    some = (rows for rows in (staying.sealed(holding), staying.clear(holding)) if rows is not None)
    return {pk for rows in some for pk in rows.values_list("pk", flat=True)}


def _of_hold(hold: placing.Standing) -> _Reason:
    clause = gate.in_force().in_force[1].holds.get(hold.reason)
    return _Reason(f"holds.{hold.reason}", clause.says if clause else "", hold.until)


def _reasons(subject: UUID, spared: dict[bytes, str]) -> dict[bytes, _Reason]:
    policy = gate.in_force().in_force[1]
    standing = {one.id: one for one in placing.holds(subject)}
    found = {}
    for id, keep in spared.items():
        hold = standing.get(hold_of(keep) or UUID(int=0))
        if hold is not None:
            found[id] = _of_hold(hold)
        else:
            name = keep.removeprefix(STATUTORY)
            statute = policy.statutes.get(name)
            found[id] = _Reason(f"statutes.{name}", statute.says if statute else "", None)
    return found

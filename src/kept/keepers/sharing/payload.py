"""What a recipient gets to read: one event as JSON for programs, or as text for people.

Rules: an event names the person by the recipient's own reference; a record's name is made from that
reference, so that two recipients cannot lay their records side by side; an event about an erasure,
a correction or an objection carries the reference and no data.
"""

import hashlib
from datetime import datetime

from kept import promises
from kept._kit import canonical
from kept.keepers.sharing.gathering import Gathered
from kept.keepers.sharing.models import Disclosure, Telling

_CHANGES = {
    "erase": "Please delete what you hold about this person.",
    "correct": "What you hold about this person is out of date.",
    "object": "This person objects to the use of their data.",
}


def disclosed(row: Disclosure, reference: str, found: Gathered, at: datetime) -> bytes:
    """The event of a disclosure as JSON: `data.disclosed` or `data.corrected`."""
    current = promises.current().policy
    return _event(
        "data.corrected" if row.correction else "data.disclosed",
        at,
        {
            "disclosure": str(row.pk),
            "reference": reference,
            "from": current.meta.site,
            "recipient": row.recipient,
            "purpose": row.purpose,
            "occasion": row.occasion,
            "policy": current.meta.version,
            "categories": list(found.categories),
            "records": [
                {
                    "record": _record(reference, one.row),
                    "point": one.point,
                    "values": {
                        each.name: {"category": each.category, "value": each.value}
                        for each in one.values
                    },
                }
                for one in found.records
            ],
        },
    )


def told(row: Telling, at: datetime) -> bytes:
    """The event of an erasure, a correction or an objection as JSON."""
    data: dict[str, object] = {
        "reference": row.reference,
        "from": promises.current().policy.meta.site,
    }
    if row.purposes:
        data["purposes"] = list(row.purposes)
    return _event(f"person.{row.change}", at, data)


def disclosed_text(row: Disclosure, reference: str, found: Gathered) -> tuple[str, str]:
    """Heading and text of a disclosure by mail; the heading tells nothing about the person."""
    site = promises.current().policy.meta.site
    kind = "Corrected data" if row.correction else "Data"
    lines = [
        f"{site} gives you this for: {row.purpose}.",
        f"Reference of the person: {reference}",
        "When they are erased or corrected, we name them by this reference.",
    ]
    for one in found.records:
        lines += ["", f"{one.point} {_record(reference, one.row)}"]
        lines += [f"  {each.name}: {each.value}" for each in one.values]
    return f"{kind} from {site} for {row.purpose}", "\n".join(lines)


def told_text(row: Telling) -> tuple[str, str]:
    """Heading and text of what a recipient is told by mail."""
    site = promises.current().policy.meta.site
    what = _CHANGES[row.change]
    purposes = f"\nPurposes: {', '.join(row.purposes)}" if row.purposes else ""
    text = f"{what}{purposes}\nReference of the person: {row.reference}\n{site}"
    return f"About data that you got from {site}", text


def _record(reference: str, row: str) -> str:
    return hashlib.blake2b(row.encode(), key=reference.encode(), digest_size=12).hexdigest()


def _event(kind: str, at: datetime, data: dict[str, object]) -> bytes:
    stamp = at.replace(second=0, microsecond=0).isoformat()
    return canonical.dumps({"type": kind, "timestamp": stamp, "data": data})

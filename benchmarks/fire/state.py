"""In the project: what is in the stores, held against a list of addresses, as one JSON line.

Each line of standard input is a question: `{"addresses": [...]}`, or `{}` for what waits. Answers
have the shape that `oracle.of_state` takes. Rows are opened, and events are taken from receipts
that are verified, so that what is there is readable and proven, not only counted.
"""

import json
import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from kept.cli import _project

_POINT = "inquiry"


def main() -> None:
    """Answer until standard input ends."""
    _project.setup()
    from django.db import close_old_connections

    for line in sys.stdin:
        asked = json.loads(line)
        close_old_connections()
        if asked.get("late"):
            _expire()
        told = {"waiting": _waiting()} if "addresses" not in asked else _look(asked["addresses"])
        print(json.dumps(told), flush=True)


def _look(addresses: Sequence[str]) -> dict[str, Any]:
    from kept import promises, vault

    promises.current()
    people = {one: vault.find("email", one) for one in addresses}
    known = {address: id for address, id in people.items() if id is not None}
    rows = {address: _rows(id) for address, id in known.items()}
    return {
        "inquiries": {address: list(said.values()) for address, said in rows.items()},
        "leaves": {address: _leaves(id) for address, id in known.items()},
        "accounts": [address for address, id in known.items() if _has_account(id)],
        "known": list(known),
        "waiting": _waiting(),
    }


def _rows(subject: UUID) -> dict[UUID, str]:
    from kept import gate
    from kept.keepers.forms.models import Submission

    with gate.purpose(gate.OWN_DATA, actor=gate.Actor("subject", str(subject))):
        found = Submission.objects.filter(subject=subject, point=_POINT)
        return {row.pk: str(row.open("message")) for row in found}


def _leaves(subject: UUID) -> int:
    """How many inquiries have a leaf that is proven."""
    from kept import ledger

    proven = 0
    for one in ledger.each_receipt_about(subject):
        verifier = ledger.verifier(one.key)
        event = json.loads(ledger.verify_receipt(one, [verifier], verifier.name).event)
        proven += (event["kind"], event.get("point")) == ("Collected", _POINT)
    return proven


def _has_account(subject: UUID) -> bool:
    from kept.keepers.accounts.models import User

    return User.objects.filter(subject=subject).exists()


def _waiting() -> dict[str, int]:
    """What is not through; a request that waits for its person is not the site's to finish."""
    from kept import ledger
    from kept.keepers.rights.models import Request
    from kept.keepers.rights.states import UNDER_WAY
    from kept.keepers.sharing.models import Mail
    from kept.vault.models import Erasure

    return {
        "events": ledger.status().waiting,
        "mails": Mail.objects.count(),
        "requests": Request.objects.filter(state__in=UNDER_WAY).count(),
        "erasures": Erasure.objects.filter(purged=False).count(),
    }


def _expire() -> None:
    """Let a quarter of an hour pass: what workers that were killed had taken is free again."""
    from kept._kit import clock
    from kept.keepers.rights.models import Request
    from kept.keepers.sharing.models import Mail

    Request.objects.exclude(lease=None).update(lease=clock.now())
    before = clock.now() - timedelta(minutes=15)
    Mail.objects.exclude(leased_until=None).update(leased_until=before)
    Mail.objects.filter(state="waiting").update(due_at=before)


if __name__ == "__main__":
    main()

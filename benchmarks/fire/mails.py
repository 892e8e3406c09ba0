"""In the project: one JSON line for each mail that arrives, with the links in it.

Mails are read as the operator's page reads them: asked of the gate and recorded. And time is made
to pass: an erasure whose delay began is due at once, and its next step is queued for the workers.
"""

import json
import re
import time
from uuid import uuid4

from kept.cli import _project

_LINK = re.compile(r"https?://[^/\s]+(/\S+)")
_PAUSE = 0.3
"""Seconds between two looks."""


def main() -> None:
    """Run until killed."""
    _project.setup()
    from django.db import close_old_connections

    from kept import gate
    from kept.keepers.sharing import mailbox

    seen = set()
    staff = gate.Actor("staff", str(uuid4()))
    while True:
        close_old_connections()
        fresh = [id for id in mailbox.ids() if id not in seen]
        for one in mailbox.read(fresh, staff):
            seen.add(one.id)
            if isinstance(one, mailbox.Shown):
                print(json.dumps({"to": one.to, "paths": _LINK.findall(one.text)}), flush=True)
        _hurry()
        time.sleep(_PAUSE)


def _hurry() -> None:
    from django.db import transaction

    from kept._kit import clock
    from kept.keepers.rights import queue
    from kept.keepers.rights.models import Request
    from kept.keepers.rights.states import State

    now = clock.now()
    for row in Request.objects.filter(state=State.DELAYED, starts__gt=now):
        with transaction.atomic():
            Request.objects.filter(pk=row.pk, starts__gt=now).update(starts=now, again=None)
            queue.step(row.pk)


if __name__ == "__main__":
    main()

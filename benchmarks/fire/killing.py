"""Ends processes of the site at random, as a machine out of memory does: by SIGKILL.

Rules: never the supervisor; a part that `kept serve` restarts ever more slowly is killed a few
times only, so that there is a site left to talk to; workers of the web as often as comes.
"""

import os
import random
import signal
from collections import Counter
from contextlib import suppress
from threading import Event

from benchmarks.fire.oracle import Phase
from benchmarks.fire.site import Site

_PAUSES = (1.0, 3.0)
"""Least and most seconds between two."""
_MOST = 4
"""Kills of one part that the supervisor restarts."""
_RESPAWNED = ("web-", "jobs-2")


def kill(site: Site, phase: Phase, over: Event) -> None:
    """Kill until `over`; `phase` notes which."""
    killed: Counter[str] = Counter()
    while not over.wait(random.uniform(*_PAUSES)):
        parts = {
            name: pid
            for name, pid in site.parts().items()
            if name.startswith(_RESPAWNED) or killed[name] < _MOST
        }
        if not parts:
            continue
        name = random.choice(list(parts))
        with suppress(ProcessLookupError):
            os.kill(parts[name], signal.SIGKILL)
            killed[name] += 1
            part = "web worker" if name.startswith("web-") else name
            phase.kills[part] += 1
        if name == "jobs-2":
            site.start_jobs()

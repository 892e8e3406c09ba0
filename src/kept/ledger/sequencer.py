"""The sequencer's process: `python -m kept.ledger.sequencer`, started and watched by `kept serve`.

Rules: it looks at the record before it signs anything, and signs nothing over a rolled-back, forked
or edited tree (exit code 3); asked to end (SIGTERM, SIGINT) it first appends what waits; while
there is nothing to append it checks older parts of the log, slice by slice.
"""

import gc
import logging
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType

import django
from django.apps import apps
from django.db import close_old_connections

from kept._kit.errors import KeptError
from kept.ledger import anchors, checking, figures, renewing
from kept.ledger.errors import EDITED_BATCH, EDITED_LEAF, FORKED, TREE_BACK
from kept.ledger.sequencing import sequence_once

INTERVAL = 2.0
"""Seconds between two looks at empty outboxes: what comes in meanwhile shares a batch."""
REFUSED = 3
"""Exit code where the tree was rolled back, forked, or is not the one that was signed last."""
_UNSIGNABLE = (TREE_BACK, FORKED, EDITED_LEAF, EDITED_BATCH)

_log = logging.getLogger("kept.ledger.sequencer")


def main() -> int:
    """Run until asked to end. 0: drained; 3: refused to sign."""
    if not apps.ready:
        django.setup()
    stop = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    try:
        renewing.go_on()
        if _refuses(checking.at_start()):
            return REFUSED
        _run(stop)
    except KeptError as error:
        if error.code not in _UNSIGNABLE:
            raise
        _log.error("%s", error)
        figures.note(checking.Report([checking.Finding(error.code, error.message)]))
        return REFUSED
    return 0


def _run(stop: threading.Event) -> None:
    gc.freeze()  # what was loaded to start stays: collections among a batch's rows need not walk it
    slices = checking.slices()
    while True:
        close_old_connections()
        ending = stop.is_set()  # asked before looking: what was committed before is still taken
        taken = sequence_once()
        anchors.publish()
        if taken:
            continue
        if ending:
            return
        _look(slices)
        stop.wait(INTERVAL)


def _refuses(report: checking.Report) -> bool:
    for finding in report.findings:
        _log.error("%s", finding)
    figures.note(report)
    return any(finding.code in (TREE_BACK, FORKED) for finding in report.findings)


def _look(slices: Iterator[checking.Report]) -> None:
    report = next(slices)
    for finding in report.findings:
        _log.error("%s", finding)
    if report.findings:
        figures.note(report)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="sequencer: %(message)s")
    sys.exit(main())

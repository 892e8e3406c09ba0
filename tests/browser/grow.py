"""Run in a project: further requests of the person who sent the first; the passing of time.

`python -m tests.browser.grow rows 100000` writes as many rows as that person then has, past the
flow that collects and so without events; `… time` makes a deletion that waits due now and queues
its next step.
"""

import sys

from kept.cli import _project

_AT_ONCE = 5_000


def rows(many: int) -> None:
    """Grow to `many` rows."""
    from kept import gate
    from kept.keepers.forms.models import Submission

    with gate.purpose("answer-inquiry"):
        first = Submission.objects.get()
        told = [(name, first.category(name), first.open(name)) for name in first.names()]
        for start in range(1, many, _AT_ONCE):
            numbers = range(start, min(start + _AT_ONCE, many))
            Submission.objects.bulk_create([_row(first, told, one) for one in numbers])


def _row(first, told, number):
    from kept.keepers.forms.models import Submission

    made = Submission(subject_id=first.subject_id, point=first.point)
    for name, category, value in told:
        made.put(name, category, f"Question {number:06}." if name == "message" else value)
    return made


def time() -> None:
    """The delay of every deletion is over."""
    from django.db import transaction

    from kept._kit import clock
    from kept.keepers.rights import queue
    from kept.keepers.rights.models import Request

    for row in Request.objects.filter(state="delayed"):
        with transaction.atomic():
            Request.objects.filter(pk=row.pk).update(starts=clock.now(), again=None)
            queue.step(row.pk)


if __name__ == "__main__":
    _project.setup()
    rows(int(sys.argv[2])) if sys.argv[1] == "rows" else time()

"""What the clock does for requests: takes up what a queue lost, ends what is over.

Rules: no request depends on its job having been kept; what nobody confirmed lapses with its link;
copies go on their day, their files with them; a request's own row goes when the clause's time is
over; asked for when there is nothing to do, it does nothing.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from kept import ledger, promises
from kept._kit import clock
from kept.keepers.rights import queue
from kept.keepers.rights.kinds import KINDS
from kept.keepers.rights.links import FARTHEST, LONG
from kept.keepers.rights.models import Link, Package, Request
from kept.keepers.rights.moving import move
from kept.keepers.rights.package.making import CATEGORY
from kept.keepers.rights.sending import POINT
from kept.keepers.rights.states import OVER, UNDER_WAY, State
from kept.vault.models import SealedFile

_ANSWERED = [one.id for one in KINDS.values() if one.answered]


def sweep() -> str:
    """Everything that is due; in words, for the record of jobs."""
    told = {
        "taken up": take_up(),
        "lapsed": lapse(),
        "copies removed": _packages(),
        "removed": _links() + _requests(),
    }
    return ", ".join(f"{count} {what}" for what, count in told.items() if count)


def take_up() -> int:
    """Queue again every step and mail whose job may be lost; how many."""
    now = clock.now()
    free = Q(lease=None) | Q(lease__lte=now) | Q(lease__gt=now + LONG)
    due = Q(again=None) | Q(again__lte=now) | Q(again__gt=now + LONG)
    waits = Q(state=State.DELAYED, starts__gt=now) & Q(starts__lte=now + FARTHEST)
    rows = Request.objects.filter(free, due, state__in=UNDER_WAY).exclude(waits)
    steps = rows.exclude(state=State.WORKING, kind__in=_ANSWERED).values_list("pk", flat=True)
    mails = Link.objects.filter(due, sent=False, ends__gt=now).exclude(kind=Link.Kind.CHANGE)
    ids = list(mails.values_list("pk", flat=True))
    found = list(steps)
    for id in found:
        queue.step(id)
    for id in ids:
        queue.mail(id)
    return len(found) + len(ids)


def lapse() -> int:
    """End what nobody confirmed, and what nobody said more about."""
    now = clock.now()
    asking = Link.objects.filter(
        request=OuterRef("pk"), ends__gt=now, ends__lte=now + FARTHEST,
        kind__in=(Link.Kind.CONFIRM, Link.Kind.STOP, Link.Kind.CHANGE),
    )  # fmt: skip
    silent = Q(state=State.ASKED) | Q(state=State.WORKING, kind__in=_ANSWERED)
    rows = Request.objects.filter(silent, ~Exists(asking), bulk=None)
    return sum(move(request, State.LAPSED) for request in rows)


def _packages() -> int:
    """Copies whose time is over, and their files; those, too, whose making was cut off."""
    gone = _abandoned()
    for package in Package.objects.filter(ends__lt=clock.today()).select_related("file"):
        with transaction.atomic():
            Link.objects.filter(request=package.request_id, kind=Link.Kind.FETCH).delete()
            package.delete()
            package.file.delete()
        gone += 1
    return gone


def _abandoned() -> int:
    """Files of copies that no request owns: the process died right before they were its own."""
    owned = Package.objects.filter(file=OuterRef("pk"))
    rows = SealedFile.objects.filter(
        ~Exists(owned), category=CATEGORY, since__lt=clock.today() - timedelta(days=1)
    )
    found = list(rows)
    for row in found:
        row.delete()
    return len(found)


def _links() -> int:
    return Link.objects.filter(ends__lte=clock.now()).delete()[0]


def _requests() -> int:
    """Requests that are closed and older than their clause keeps what came in there."""
    clause = promises.current().policy.collect.get(POINT)
    period = None if clause is None else clause.keep.period
    if period is None:
        return 0
    closed = Request.objects.filter(state__in=OVER).values_list("pk", "closed", named=True)
    today = clock.today()
    over = [one.pk for one in closed if one.closed and period.after(one.closed) <= today]
    if not over:
        return 0
    with transaction.atomic():
        gone = Request.objects.filter(pk__in=over).delete()[1].get(Request._meta.label, 0)
        ledger.record(ledger.Expired(point=POINT, rows=gone, model=Request._meta.label), None)
    return gone

"""Mailing a notice to everybody with an account: in batches, each exactly once, after a crash too.

Rules: progress and queued mails are one transaction; the gate is asked for each person, and again
right before a mail leaves; a notice that was withdrawn, or that came into force long ago, goes no
further; whoever no mail can reach sees it on their next page.
"""

from datetime import timedelta

from django.db import transaction

from kept import gate, policy, promises
from kept._kit import clock
from kept._kit.errors import KeptError
from kept.keepers.accounts.models import User
from kept.keepers.notices.models import Notice
from kept.keepers.sharing import flows as sharing
from kept.keepers.sharing.outcomes import Queued
from kept.policy.prose import spoken_day

POINT = "account"
BATCH = 100
_KINDS = ("account", "security", "service")
"""Kinds of purposes that a notice of the policy itself belongs to, the first that there is."""
_ITS_OWN = frozenset({"S001", "S004"})
"""What is wrong with one address: it is counted, and the others go on."""
_STALE = timedelta(days=30)


def purpose() -> str | None:
    """What a mail about the policy is sent for: the first fitting purpose of accounts, or None."""
    now = promises.current().policy
    clause = now.collect.get(POINT)
    served = clause.purposes if clause else ()
    by_kind = {now.purposes[one].kind: one for one in reversed(served)}
    return next((by_kind[kind] for kind in _KINDS if kind in by_kind), None)


def waiting() -> list[int]:
    """The notices whose mails are not all queued."""
    rows = Notice.objects.filter(done=False, withdrawn=False).order_by("version")
    return list(rows.values_list("version", flat=True))


def send(version: int) -> int:
    """Queue what is left of a notice's mails; how many were queued by this call."""
    wanted = purpose()
    text = text_of(version)
    queued = 0
    while True:
        with transaction.atomic():
            notice = Notice.objects.select_for_update().get(pk=version)
            if notice.done or notice.withdrawn:
                return queued
            if wanted is None or text is None or _is_stale(notice):
                notice.done = True
            else:
                queued += _batch(notice, wanted, *text)
            notice.save()


def text_of(version: int) -> tuple[str, str] | None:
    """Heading and text of the mail about a version; None where there is none before it."""
    new = promises.posted(version)
    earlier = [one for one in promises.history() if one.ordinal < version and not one.withdrawn_at]
    if new is None or not earlier:
        return None
    now = new.policy.meta
    changes = policy.compare(earlier[-1].policy, new.policy).changes
    where = f"{now.url.rstrip('/')}/privacy/history/" if now.url else "our website, under Privacy"
    day = spoken_day(new.effective)
    heading = f"{now.site}: our privacy policy changes on {day}"
    lines = [_line(one) for one in changes] or ["- The wording only."]
    return heading, (
        f"From {day} a new version of our privacy policy takes effect. What it changes:\n\n"
        + "\n".join(lines)
        + f"\n\nEvery version, and what each changed: {where}\n\n"
        "What you gave us before stays under the version you gave it under, unless you say in "
        "your account that the new one holds for it, too. Your choices stay as they are.\n"
    )


def _line(change: policy.Change) -> str:
    whom = f" Concerns {change.whom}." if change.whom else ""
    return f"- {_SAID[change.kind]}: {change.text}{whom}"


_SAID = {"widen": "allows more", "narrow": "allows less", "reword": "in other words"}


def _is_stale(notice: Notice) -> bool:
    return clock.today() - notice.effective > _STALE


def _batch(notice: Notice, wanted: str, heading: str, text: str) -> int:
    rows = User.objects.filter(subject__state="active", is_active=True).order_by("pk")
    if notice.after is not None:
        rows = rows.filter(pk__gt=notice.after)
    queued = 0
    with gate.purpose(wanted):
        some = list(rows[:BATCH])
        for user in some:
            queued += _one(user, wanted, heading, text)
    notice.mailed += queued
    notice.denied += len(some) - queued
    if some:
        notice.after = some[-1].pk
    notice.done = len(some) < BATCH
    return queued


def _one(user: User, wanted: str, heading: str, text: str) -> bool:
    address = user.email
    if not isinstance(address, str) or not address:
        return False
    try:
        sent = sharing.send_mail(
            subject=user.person,
            purpose=wanted,
            point=POINT,
            collected=user.collected or 0,
            to=address,
            heading=heading,
            text=text,
        )
    except KeptError as error:
        if error.code.id not in _ITS_OWN:
            raise
        return False
    return isinstance(sent, Queued)

"""Sending a mailing: in batches, each exactly once, also after a crash in the middle.

Rules: the list is asked of the gate anew for every batch, and `send_mail` asks again for each
person, and the job that delivers asks once more; progress and queued mails are one transaction.
"""

from django.db import transaction

from kept import gate
from kept._kit.errors import KeptError
from kept.keepers.mailings import flows
from kept.keepers.mailings.models import Mailing, Subscription
from kept.keepers.sharing import flows as sharing
from kept.keepers.sharing.outcomes import Queued

BATCH = 50
_ITS_OWN = frozenset({"S001", "S004"})
"""What is wrong with one address, not with the mailing: it is counted, and the others go on."""


def send(id: int) -> int:
    """Queue one message for everybody who is permitted; how many were queued by this call."""
    queued = 0
    while True:
        with transaction.atomic():
            mailing = Mailing.objects.select_for_update().get(pk=id)
            if mailing.done:
                return queued
            queued += _batch(mailing)
            mailing.save()


def _batch(mailing: Mailing) -> int:
    rows = flows.recipients(mailing.purpose)
    if mailing.after is not None:
        rows = rows.filter(pk__gt=mailing.after)
    queued = 0
    with gate.purpose(mailing.purpose):
        some = list(rows[:BATCH])
        for row in some:
            if _one(mailing, row):
                queued += 1
            else:
                mailing.denied += 1
    mailing.queued += queued
    if some:
        mailing.after = some[-1].pk
    mailing.done = len(some) < BATCH
    return queued


def _one(mailing: Mailing, row: Subscription) -> bool:
    names = row.names()
    address = next((row.open(one) for one in names if row.category(one) == "contact.email"), None)
    if not isinstance(address, str):
        return False
    token = flows.token_of(row, mailing.purpose)
    text = flows.body(mailing.purpose, mailing.text, mailing.base, token)
    try:
        sent = sharing.send_mail(
            subject=row.subject_id,
            purpose=mailing.purpose,
            point=flows.POINT,
            collected=row.collected or 0,
            to=address,
            heading=mailing.heading,
            text=text,
            unsubscribe=flows.unsubscribe_url(mailing.base, token),
        )
    except KeptError as error:
        if error.code.id not in _ITS_OWN:
            raise
        return False
    return isinstance(sent, Queued)

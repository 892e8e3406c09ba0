"""After a restore: a request is where its person left it, not where the backup stands."""

from datetime import timedelta

import pytest

from kept import ledger, vault
from kept._kit import clock
from kept.keepers.rights import flows, restored
from kept.keepers.rights.models import Link, Request, Words
from kept.vault.models import Subject
from tests.rights.person import link_in, to, work

pytestmark = pytest.mark.django_db


def delayed(zoe):
    """A deletion that waits, with its mail."""
    zoe.confirm("erase")
    return work()


def test_a_deletion_that_was_taken_back_after_the_backup_is_not_carried_out(zoe):
    delayed(zoe)
    (backup,) = Request.objects.values("state", "closed", "outcome", "limited")
    assert flows.cancel(Request.objects.get().pk)
    ledger.sequence_once()
    Request.objects.update(**backup)
    Subject.objects.filter(pk=zoe.subject).update(restricted=True)
    assert restored.reconcile(clock.today()).ended == 1
    assert Request.objects.get().state == "cancelled"
    assert not Subject.objects.get(pk=zoe.subject).restricted
    assert restored.reconcile(clock.today()) == restored.Reconciled(), "again changes nothing"
    with clock.only_for_testing_at(clock.now() + timedelta(days=5)):
        work()
    assert Request.objects.get().state == "cancelled"


@pytest.mark.django_db(transaction=True)
def test_a_deletion_that_was_carried_out_after_the_backup_does_not_wait_to_be_taken_back(zoe):
    delayed(zoe)
    vault.erase(zoe.subject)  # the backup has it waiting still, with its link
    assert Request.objects.get().state == "delayed"
    assert restored.reconcile(clock.today()).ended == 1
    assert not Link.objects.filter(kind=Link.Kind.CANCEL).exists()
    work()
    assert Request.objects.get().state == "done"
    assert restored.reconcile(clock.today()) == restored.Reconciled(), "again changes nothing"


def test_a_deletion_that_was_proven_after_the_backup_is_taken_up_with_a_new_delay(zoe):
    zoe.confirm("access")
    work()
    first = Request.objects.get()
    delayed(zoe)
    ledger.sequence_once()
    lost = Request.objects.get(kind="erase").pk
    Link.objects.all().delete()
    Words.objects.filter(request=lost).delete()
    Request.objects.filter(pk=lost).delete()
    assert restored.reconcile(clock.today()) == restored.Reconciled(taken_up=1)
    assert Subject.objects.get(pk=zoe.subject).restricted
    told = to(work(), heading="will be deleted")
    assert Request.objects.get(pk=lost).state == "delayed"
    assert Request.objects.get(pk=first.pk).state == "done", "what ended before stays as it is"
    zoe.browser.post(link_in(told, "cancel"))
    assert Request.objects.get(pk=lost).state == "cancelled"
    assert not Subject.objects.get(pk=zoe.subject).restricted
    assert restored.reconcile(clock.today()) == restored.Reconciled()


def test_a_lost_request_is_counted_where_nobody_can_be_written_to(zoe):
    delayed(zoe)
    ledger.sequence_once()
    Link.objects.all().delete()
    Words.objects.all().delete()
    Request.objects.all().delete()
    assert restored.reconcile(clock.today()) == restored.Reconciled(lost=1)

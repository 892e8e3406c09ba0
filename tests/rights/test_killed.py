"""The worker dies at each state and around each effect: what was asked is carried out, once.

Deleting has tests of its own (`test_erasing.py`, `tests/vault/test_erasing_killed.py`).
"""

from datetime import timedelta

import pytest
from django.core import mail

from kept._kit import clock
from kept.keepers.consent import flows as consent
from kept.keepers.consent.models import Consent
from kept.keepers.forms.models import Submission
from kept.keepers.rights import progress, queue, sweeping, writing
from kept.keepers.rights.doing import correcting
from kept.keepers.rights.models import Package, Request
from kept.keepers.rights.states import State
from kept.vault.models import SealedFile, Subject
from tests.posting import changed
from tests.rights.person import link_in, to, work
from tests.rights.test_correcting import fields, values
from tests.rights.test_stopping import RESTRICT, decide

pytestmark = pytest.mark.django_db(transaction=True)
RESTRICT_HERE = RESTRICT.replace("account = true", "web = true")
KINDS = ("access", "cease", "restrict")
AFTER_THE_LEASE = timedelta(minutes=20)


class Killed(BaseException):
    """The process is gone: nobody catches this."""


@pytest.fixture
def restricting(zoe, post):
    """An inquirer, where the policy offers a standstill, too."""
    post(changed(("[rights.erase]", RESTRICT_HERE)))
    return zoe


@pytest.fixture
def lost(monkeypatch):
    """A queue that a crash empties: only what the sweep puts there again is worked at."""
    waiting = []
    monkeypatch.setattr(queue, "_later", lambda name, id, seconds: waiting.append((name, id)))

    def sweep_and_work():
        waiting.clear()
        sweeping.sweep()
        for name, id in list(waiting):
            writing.write(id) if name == "mail" else progress.go_on(id)

    return sweep_and_work


def carried_out(asker, kind):
    """Whether what was asked is there, whole and once."""
    person = Subject.objects.get(pk=asker.subject)
    if kind == "access":
        copies = SealedFile.objects.filter(subject=person, category="request.record").count()
        return Package.objects.get().complete and copies == 1
    if kind == "cease":
        return person.ceased and not Consent.objects.filter(withdrawn_at=None).exists()
    return person.restricted


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("state", ["asked", "verified", "working"])
def test_in_whatever_state_it_dies_the_clock_alone_takes_it_up(restricting, lost, kind, state):
    zoe = restricting
    zoe.ask(kind)
    if state == "asked":
        mail.outbox.clear()
    lost()
    zoe.browser.post(link_in(to(mail.outbox, heading="Was it you?")), {"answer": "yes"})
    request = Request.objects.get()
    assert request.state == "verified"
    if state == "working":
        lease = clock.now() + timedelta(minutes=1)
        Request.objects.update(state=State.WORKING, lease=lease)
        lost()
        assert Request.objects.get().state == "working", "somebody has it"
    with clock.only_for_testing_at(clock.now() + AFTER_THE_LEASE):
        lost()
        lost()
    assert Request.objects.get().state == "done"
    assert carried_out(zoe, kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_dying_around_the_effect_leaves_it_done_once_and_told_once(
    restricting, lost, monkeypatch, kind, when
):
    zoe = restricting
    zoe.ask(kind)
    lost()
    zoe.browser.post(link_in(to(mail.outbox, heading="Was it you?")), {"answer": "yes"})
    real = progress._CARRY[kind]

    def die(request):
        if when == "after":
            real(request)
        raise Killed

    mail.outbox.clear()
    with monkeypatch.context() as dying:
        dying.setitem(progress._CARRY, kind, die)
        with pytest.raises(Killed):
            progress.go_on(Request.objects.get().pk)
    assert Request.objects.get().state == "working"
    assert mail.outbox == []
    with clock.only_for_testing_at(clock.now() + AFTER_THE_LEASE):
        lost()
        lost()
    assert Request.objects.get().state == "done"
    assert carried_out(zoe, kind)
    assert [one.to for one in mail.outbox].count([zoe.address]) == 1


def test_dying_in_the_middle_of_a_correction_changes_nothing_and_it_can_be_sent_again(
    zoe, monkeypatch
):
    zoe.inquire(name="Zoe", message="A second time.")
    first, second = Submission.objects.order_by("pk")
    path = zoe.confirm("correct")["Location"]
    given = fields(zoe.browser.get(path))
    for row in (first, second):
        key = next(one for one in given if one.endswith("|name") and str(row.pk) in one)
        given[key] = "Zoë Canary-Right"
    real, stored = correcting._store, []

    def die(*told):
        if stored:
            raise Killed
        stored.append(real(*told))
        return stored[-1]

    with monkeypatch.context() as dying:
        dying.setattr(correcting, "_store", die)
        with pytest.raises(Killed):
            zoe.browser.post(path, given)
    assert {values(row)["name"] for row in (first, second)} == {"Zoë Canary-91be", "Zoe"}
    assert Request.objects.get().state == "working"

    zoe.browser.post(path, given)
    assert {values(row)["name"] for row in (first, second)} == {"Zoë Canary-Right"}
    assert Request.objects.get().state == "done"
    to(work(), heading="Done")


def test_dying_while_a_consent_is_taken_back_leaves_all_or_none(zoe, monkeypatch):
    path = zoe.confirm("withdraw")["Location"]
    chosen = {"purpose": ["answer-inquiry"]}
    real = consent.withdraw

    def die(*told, **named):
        real(*told, **named)
        raise Killed

    standing = Consent.objects.filter(withdrawn_at=None)
    before = set(standing.values_list("pk", flat=True))
    assert before
    with monkeypatch.context() as dying:
        dying.setattr(consent, "withdraw", die)
        with pytest.raises(Killed):
            zoe.browser.post(path, chosen)
    assert set(standing.values_list("pk", flat=True)) == before
    assert decide(zoe, "answer-inquiry")

    zoe.browser.post(path, chosen)
    assert not standing.exists()
    assert not decide(zoe, "answer-inquiry")
    assert Request.objects.get().state == "done"

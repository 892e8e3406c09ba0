"""Two addresses turn out to be one person's while both have asked."""

from uuid import uuid4

import pytest

from kept import gate, vault
from kept.keepers.rights.models import Request, Words
from kept.keepers.rights.states import UNDER_WAY
from kept.vault.errors import RefusedError
from tests.rights.person import Asker, work

pytestmark = pytest.mark.django_db(transaction=True)


def merge(source, target):
    staff = str(uuid4())
    with gate.purpose(gate.MAINTAIN, actor=gate.Actor("staff", staff)):
        vault.merge(source, target, by=staff)


@pytest.fixture
def other(zoe):
    made = Asker("zoe.second-91be@example.org")
    made.inquire()
    return made


def test_two_open_requests_of_a_kind_are_decided_before_their_people_are_merged(zoe, other):
    for one in (zoe, other):
        one.confirm("erase")
    with pytest.raises(RefusedError, match="V042"):
        merge(other.subject, zoe.subject)
    assert Request.objects.filter(state__in=UNDER_WAY).count() == 2


def test_requests_follow_their_person(zoe, other):
    source, target = other.subject, zoe.subject
    for one in (zoe, other):
        one.confirm("access")
        work()
    other.confirm("erase")
    merge(source, target)
    work()
    assert not Request.objects.filter(subject=source).exists()
    assert Request.objects.filter(subject=target, kind="access", state="done").count() == 2
    assert Request.objects.get(kind="erase").subject_id == target
    assert Words.objects.filter(subject=target).count() == 3

"""Everybody with an account is mailed once about a new version, whatever happens in between."""

import pytest

from kept import gate, vault
from kept.keepers.accounts.models import User
from kept.keepers.notices import flows, sending
from kept.keepers.notices.models import Notice
from kept.keepers.sharing.models import Mail
from kept.promises.models import PolicyVersion
from tests.accounts.person import TYPED, deliver
from tests.notices.conftest import WIDER, at, in_days, new

pytestmark = pytest.mark.django_db


def account(address: str) -> None:
    """One more account, its consents given."""
    with gate.purpose("serve-account", actor=gate.VISITOR):
        person = vault.find_or_make("email", address)
        vault.set_choices(person.pk, consent=["serve-account", "transaction"])
        User.objects.create_user(address.partition("@")[0], subject=person, email=address)


def test_the_mail_says_what_changes_and_when(notice, client_of_ours):
    assert sending.send(notice.version) == 1
    (message,) = deliver()
    assert message.to == [TYPED["email"]]
    assert "our privacy policy changes on" in message.subject
    assert "allows more" in message.body
    assert "Concerns people who" in message.body
    assert "Your choices stay as they are" in message.body


def test_sending_again_and_posting_again_mail_nobody_twice(notice, client_of_ours):
    assert sending.send(notice.version) == 1
    assert sending.send(notice.version) == 0
    made, again = flows.publish(new(in_days(10), WIDER))
    assert (made.new, again.pk) == (False, notice.pk)
    assert sending.waiting() == []
    assert Mail.objects.count() == 1


def test_it_goes_on_where_it_was_cut_off(notice, client_of_ours, monkeypatch):
    for number in range(4):
        account(f"p{number}@example.org")
    before = Mail.objects.count()
    monkeypatch.setattr(sending, "BATCH", 2)
    real, calls = sending._one, []

    def dies(*given):
        calls.append(given)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return real(*given)

    monkeypatch.setattr(sending, "_one", dies)
    with pytest.raises(KeyboardInterrupt):
        sending.send(notice.version)
    assert Mail.objects.count() == before + 2
    monkeypatch.setattr(sending, "_one", real)
    assert sending.send(notice.version) == 3
    row = Notice.objects.get()
    assert (row.mailed, row.denied, row.done) == (5, 0, True)
    new_mails = Mail.objects.filter(purpose="serve-account").count()
    assert new_mails >= 5


def test_a_withdrawn_version_is_mailed_to_nobody(notice, client_of_ours):
    flows.unpublish()
    assert sending.send(notice.version) == 0
    assert sending.waiting() == []
    assert flows.news_for(client_of_ours.user()) is None
    assert PolicyVersion.objects.count() == 2


def test_a_notice_that_was_forgotten_for_a_month_is_not_sent(notice, client_of_ours):
    with at(in_days(10 + 31)):
        assert sending.send(notice.version) == 0


def test_who_withdrew_what_the_mail_is_for_is_not_mailed(notice, client_of_ours):
    user = client_of_ours.user()
    vault.set_choices(user.person, withdraw=["serve-account"])
    assert sending.send(notice.version) == 0
    assert Notice.objects.get().denied == 1

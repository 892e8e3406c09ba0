"""Real conversations with the door: acknowledged means stored, and nothing betrays or floods it."""

import smtplib
import socket
import threading
import time

import pytest
from django.db import connection

from kept import vault
from kept.keepers.letters import pace, server
from kept.keepers.letters.models import Letter
from tests.letters.conftest import INFO, ZOE, mail, raw_talk

pytestmark = pytest.mark.django_db(transaction=True)


def send(client, raw=None, to=INFO, sender=ZOE):
    return client.sendmail(sender, to, raw or mail())


def test_a_mail_that_was_acknowledged_is_stored(open_door):
    with open_door().smtp() as client:
        assert send(client) == {}
    assert Letter.objects.get().proven


def test_several_mails_in_one_conversation(open_door):
    with open_door().smtp() as client:
        for one in range(3):
            send(client, mail(id=str(one)))
    assert Letter.objects.count() == 3


def test_lmtp_answers_for_each_recipient(open_door):
    door = open_door(lmtp=True)
    with door.smtp(lmtp=True) as client:
        send(client)
    assert Letter.objects.count() == 1
    said = raw_talk(
        door.port,
        b"LHLO x\r\nMAIL FROM:<a@x.example>\r\n",
        f"RCPT TO:<{INFO}>\r\nRCPT TO:<support@usimprints.example.org>\r\nDATA\r\n".encode(),
        mail(id="two") + b"\r\n.\r\n",
    )
    assert said.count(b"250 2.0.0 Stored") == 2


def test_only_our_own_addresses_take_mail(open_door):
    with open_door().smtp() as client:
        client.helo("x")
        client.mail(ZOE)
        assert client.rcpt("else@example.org")[0] == 550
        assert client.rcpt(INFO.upper())[0] == 250
        assert client.rcpt("info+mugs@usimprints.example.org")[0] == 250


def test_whether_a_person_is_known_is_told_to_nobody(open_door):
    vault.find_or_make("email", ZOE)
    with open_door().smtp() as client:
        client.helo("x")
        assert client.verify(ZOE) == client.verify("else@example.org")
        assert client.expn(ZOE) == client.expn("else@example.org")
        answers = []
        for one, sender in enumerate((ZOE, "else@example.org")):
            client.mail(sender)
            client.rcpt(INFO)
            answers.append(client.data(mail(sender=sender, id=str(one))))
    assert answers[0] == answers[1]


def test_a_mail_that_is_too_large_is_refused_before_it_comes(open_door):
    with open_door(size=20_000).smtp() as client:
        with pytest.raises(smtplib.SMTPSenderRefused, match="552"):
            send(client, mail(text="x" * 30_000))
        send(client)
    assert Letter.objects.count() == 1


def test_a_mail_that_grows_too_large_is_refused_and_the_next_one_is_taken(open_door):
    with open_door(size=20_000).smtp() as client:
        client.helo("x")  # without ESMTP no size is told beforehand
        with pytest.raises(smtplib.SMTPDataError, match="552"):
            send(client, mail(text=("x" * 70 + "\r\n") * 400))
        send(client)
    assert Letter.objects.count() == 1


def test_a_line_that_never_ends_does_not_fill_the_memory(open_door):
    door = open_door(size=50_000)
    with socket.create_connection(("127.0.0.1", door.port), timeout=10) as peer:
        peer.sendall(f"HELO x\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<{INFO}>\r\nDATA\r\n".encode())
        time.sleep(0.3)
        assert not _takes_all(peer, b"x" * 65_536, 2_000)


def _takes_all(peer: socket.socket, data: bytes, times: int) -> bool:
    """Whether the other side goes on reading."""
    try:
        for _ in range(times):
            peer.sendall(data)
    except OSError:  # cut, in one of many ways
        return False
    return True


def test_what_hinders_storing_has_the_sender_try_again(open_door, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    real = server.storing.store
    monkeypatch.setattr(server.storing, "store", fail)
    door = open_door()
    with door.smtp() as client, pytest.raises(smtplib.SMTPDataError, match="451"):
        send(client)
    assert not Letter.objects.exists()
    monkeypatch.setattr(server.storing, "store", real)
    with door.smtp() as client:
        send(client)
    assert Letter.objects.count() == 1


def test_a_locked_database_has_the_sender_try_again(open_door, monkeypatch):
    if connection.vendor != "sqlite":
        pytest.skip("another engine waits for a row, not for the file")
    from django.db import OperationalError

    def locked(*_):
        raise OperationalError("database is locked")

    monkeypatch.setattr(server.storing, "store", locked)
    with open_door().smtp() as client, pytest.raises(smtplib.SMTPDataError, match="451"):
        send(client)


def test_a_connection_that_breaks_before_the_end_keeps_nothing(open_door):
    door = open_door()
    raw_talk(
        door.port,
        b"HELO x\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<" + INFO.encode() + b">\r\nDATA\r\n",
        mail()[:120],
    )
    with door.smtp() as client:
        client.noop()
    assert not Letter.objects.exists()


def test_a_flood_of_one_sender_waits_and_others_get_through(open_door, monkeypatch):
    monkeypatch.setattr(pace, "MOST_EACH", 2)
    with open_door().smtp() as client:
        for one in range(2):
            send(client, mail(id=str(one)))
        with pytest.raises(smtplib.SMTPDataError, match="451"):
            send(client, mail(id="three"))
        send(client, mail(sender="else@example.org"), sender="else@example.org")
    assert Letter.objects.count() == 3


def test_more_connections_than_can_be_served_are_told_to_come_later(open_door, monkeypatch):
    monkeypatch.setattr("kept.keepers.letters.protocol.MOST_CONNECTIONS", 2)
    door = open_door()
    first, second = door.smtp(), door.smtp()
    with pytest.raises(smtplib.SMTPConnectError, match="421"):
        door.smtp()
    first.quit()
    time.sleep(0.2)
    with door.smtp() as client:
        send(client)
    second.quit()


def test_who_is_not_admitted_is_sent_away(open_door):
    door = open_door(peers=("192.0.2.0/24",))
    with pytest.raises(smtplib.SMTPConnectError, match="554"):
        door.smtp()


@pytest.mark.parametrize(
    "said",
    [
        b"\x00\xff\xfe\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"MAIL FROM:<>\r\n",
        b"HELO x\r\nMAIL FROM:" + b"<" * 5000 + b"\r\n",
        b"HELO x\r\nRCPT TO:<\xff@x>\r\nDATA\r\n",
        b"EHLO x\r\nMAIL FROM:<a@x> SIZE=99999999999999\r\n",
        b"\r\n" * 50,
    ],
    ids=["binary", "http", "early", "brackets", "bytes", "size", "empty"],
)
def test_nonsense_ends_no_more_than_its_own_conversation(open_door, said):
    door = open_door()
    raw_talk(door.port, said)
    with door.smtp() as client:
        send(client)
    assert Letter.objects.count() == 1


def test_the_door_says_nothing_about_itself(open_door):
    greeting = raw_talk(open_door().port)
    assert greeting.strip() == b"220 localhost Kept"


def test_many_at_once_are_all_stored(open_door):
    door = open_door()

    def one(number: int) -> None:
        with door.smtp() as client:
            send(client, mail(sender=f"p{number}@example.org", id=str(number)))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Letter.objects.count() == 8

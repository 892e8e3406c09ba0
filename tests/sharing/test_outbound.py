"""Nothing leaves the process for a host that nobody named, whatever code tries, and it is told."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from kept import policy
from kept._kit.errors import KeptError
from kept.conf import outbound, services, stopped
from kept.keepers.sharing import checks, hosts
from tests.posting import USIMPRINTS, post, usimprints
from tests.sharing import phoning

__all__ = ["post", "usimprints"]

CARRIER = """
[recipients.carrier]
kind = "affiliate"
says = "our carrier"
place = "US"
for = ["answer-inquiry"]
receives = ["identity.name"]
hosts = ["api.carrier.example", "*.parcels.example"]
"""


@pytest.fixture(autouse=True)
def _clean(monkeypatch) -> Iterator[None]:
    monkeypatch.setattr(outbound, "_known", {})
    stopped.take()
    yield
    stopped.take()
    services.own.cache_clear()


@pytest.fixture
def carrier(post) -> None:
    """The reference policy with one recipient that has hosts."""
    post(USIMPRINTS + CARRIER)


@contextmanager
def answering() -> Iterator[int]:
    """A port of this machine where somebody answers as a mail server does."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            with suppress(OSError):
                while True:
                    caller, _ = server.accept()
                    with caller:
                        caller.settimeout(2)
                        caller.sendall(b"220 ready\r\n")
                        while caller.recv(999):
                            caller.sendall(b"250 fine\r\n")

        threading.Thread(target=answer, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def phone(*words: str) -> dict[str, str]:
    """Run the library in a process of its own."""
    with answering() as mail, answering() as here:
        done = subprocess.run(
            [sys.executable, "-m", "tests.sharing.phoning", *words],
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "tests.settings",
                "PHONING_SMTP": str(mail),
                "PHONING_HERE": str(here),
            },
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    told: dict[str, str] = json.loads(done.stdout)
    return told


def test_a_library_that_phones_home_is_stopped_in_every_way_and_counted():
    told = phone("guarded")
    counted = told.pop("stopped")
    assert told.pop("talks_to_this_machine") == "reached"
    assert told.pop("mails_through_the_site_s_own_server") == "K005"
    assert told == dict.fromkeys(told, "K004")
    assert len(told) == len(phoning.WAYS) - 2
    assert counted == (
        "connection [ip], connection collector.tracker.example, "
        "connection zoe-example-org.collector.tracker.example, mail [ip]"
    )


def test_the_same_library_is_stopped_by_nothing_else():
    told = phone()
    assert told["mails_through_the_site_s_own_server"] == told["talks_to_this_machine"] == "reached"
    assert not {"K004", "K005"} & set(told.values())


def test_a_host_of_a_recipient_is_reached_at_the_addresses_it_was_looked_up_at(carrier):
    outbound.judge_name("api.carrier.example", 443)
    outbound.judge_name("eu.parcels.example", 443)
    with pytest.raises(KeptError, match="K004"):
        outbound.judge_address("192.0.2.9", 443)
    outbound.remember("api.carrier.example", ["192.0.2.9"])
    outbound.judge_address("192.0.2.9", 443)


@pytest.mark.parametrize(
    "host",
    ["carrier.example", "api.carrier.example.evil.example", "parcels.example",
     "xparcels.example", "localhost.evil.example"],
)  # fmt: skip
def test_a_name_that_only_looks_like_it_is_not(carrier, host):
    with pytest.raises(KeptError, match="K004"):
        outbound.judge_name(host, 443)


def test_a_recipient_that_left_the_policy_is_reached_no_more(carrier, post):
    outbound.remember("api.carrier.example", ["192.0.2.9"])
    outbound.judge_address("192.0.2.9", 443)
    post(USIMPRINTS)
    with pytest.raises(KeptError, match="K004"):
        outbound.judge_address("192.0.2.9", 443)


def test_what_was_looked_up_long_ago_is_looked_up_again(carrier, monkeypatch):
    outbound.remember("api.carrier.example", ["192.0.2.9"])
    monkeypatch.setattr(outbound, "_REMEMBER", 0.0)
    with pytest.raises(KeptError, match="K004"):
        outbound.judge_address("192.0.2.9", 443)


def test_an_address_that_says_it_is_this_machine_is_judged_by_itself(carrier):
    outbound.judge_name("localhost", 80)
    outbound.remember("localhost", ["192.0.2.9"])
    with pytest.raises(KeptError, match="K004"):
        outbound.judge_address("192.0.2.9", 80)
    outbound.judge_address("127.0.0.7", 80)
    outbound.judge_address("::ffff:127.0.0.1", 80)


def test_without_a_policy_nobody_is_reached(db):
    with pytest.raises(KeptError, match="K004"):
        outbound.judge_name("api.carrier.example", 443)


def test_the_site_s_own_services_are_reached_by_name_and_by_address(
    settings, usimprints, monkeypatch
):
    from django.conf import settings as own

    monkeypatch.setitem(own.DATABASES["default"], "HOST", "db.internal")
    settings.KEPT = {**settings.KEPT, "SERVICES": ("queue.internal", "192.0.2.30")}
    outbound.judge_name("queue.internal", 6379)
    outbound.judge_address("192.0.2.30", 6379)
    outbound.judge_name("db.internal", 5432)
    with pytest.raises(KeptError, match="K004"):
        outbound.judge_address("192.0.2.31", 6379)


def test_the_mail_server_is_reached_only_while_a_mail_of_ours_is_sent(settings, usimprints):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "smtp.provider.example", 587
    with pytest.raises(KeptError, match="K005"):
        outbound.judge_name("smtp.provider.example", 587)
    with outbound.sending():
        outbound.judge_name("smtp.provider.example", 587)
        outbound.remember("smtp.provider.example", ["192.0.2.40"])
        outbound.judge_address("192.0.2.40", 587)
    with pytest.raises(KeptError, match=r"K00[45]"):
        outbound.judge_address("192.0.2.40", 587)


@pytest.mark.parametrize("port", [25, 465, 587, "25"])
def test_a_mail_server_of_this_machine_takes_mail_for_anybody_so_it_is_guarded_too(
    settings, usimprints, port
):
    settings.EMAIL_HOST = ""
    with pytest.raises(KeptError, match="K005"):
        outbound.judge_address("127.0.0.1", port)
    with pytest.raises(KeptError, match="K005"):
        outbound.judge_address("127.9.9.9", port)
    with outbound.sending():
        outbound.judge_address("127.0.0.1", port)
    outbound.judge_address("127.0.0.1", 2500)


def test_a_host_of_an_occasion_is_reached_while_its_disclosure_is_given(usimprints):
    with outbound.reaching("court.example"):
        outbound.judge_name("court.example", 443)
        with pytest.raises(KeptError, match="K004"):
            outbound.judge_name("other.example", 443)
    with pytest.raises(KeptError, match="K004"):
        outbound.judge_name("court.example", 443)


def test_a_denial_says_what_to_do_and_never_what_was_to_be_sent(carrier, caplog):
    with pytest.raises(KeptError) as raised:
        outbound.judge_name("zoe@tracker.example", 443)
    assert "[recipients]" in str(raised.value)
    assert "KEPT['SERVICES']" in str(raised.value)
    assert "K004" in caplog.text
    assert "zoe" not in caplog.text
    assert [one.name for one in stopped.take() if one.kind == "connection"] == ["[email]"]


def test_hosts_of_an_occasion_are_nobody_to_contact_in_between():
    found = policy.load(Path("policies/us-service-center.toml")).policy
    assert found is not None
    assert "avatars.example.org" in hosts.declared(found)
    occasional = {host for one in found.recipients.values() for host in one.hosts
                  if one.occasion != "ordinary"}  # fmt: skip
    assert not occasional & hosts.declared(found)


def test_a_proxy_in_the_environment_is_told(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    assert checks.no_proxy_hides() == []
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:3128")
    assert [one.id for one in checks.no_proxy_hides()] == ["kept.K006"]


@pytest.mark.parametrize(
    ("server", "services", "told"),
    [
        ("", (), []),
        ("localhost", (), []),
        ("smtp.provider.example", (), ["kept.K007"]),
        ("smtp.provider.example", ("smtp.provider.example",), []),
    ],
)
def test_a_mail_server_of_somebody_else_has_to_be_named(settings, server, services, told):
    settings.EMAIL_HOST = server
    settings.KEPT = {**settings.KEPT, "SERVICES": services}
    assert [one.id for one in checks.the_mail_server_is_named()] == told

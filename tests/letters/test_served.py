"""The door of a served site: real processes, a real kill, and nothing acknowledged is lost."""

import json
import smtplib
import subprocess
import sys
import time

import pytest

from tests.letters.conftest import ZOE
from tests.served import Served, free_port, make, serve

INFO = "info@usimprints.example.org"
_COUNT = """
import json
from kept import gate
from kept.keepers.letters.models import Letter
rows = []
for row in Letter.objects.all():
    with gate.purpose("answer-inquiry"):
        rows.append([row.proven, str(row.open("message")).strip()])
print(json.dumps(rows))
"""


def written(number: int) -> bytes:
    """A mail as a server at this machine hands it over in development."""
    return (
        f"Received: from laptop ([203.0.113.77]) by localhost\r\n"
        f"Authentication-Results: localhost; dmarc=pass header.from=example.org\r\n"
        f"From: <{ZOE}>\r\nSubject: Mugs\r\nMessage-ID: <{number}@x>\r\n\r\nmail {number}\r\n"
    ).encode()


@pytest.fixture
def site(tmp_path_factory):
    made = make(tmp_path_factory.mktemp("site") / "shop")
    yield made
    made.remove_databases()


def started(made, port: int, protocol: str = "smtp") -> Served:
    """Serve it, mail coming in at `port`; returns once the door is open."""
    served = serve(made, environment={"KEPT_MAIL_IN": f"{protocol}://127.0.0.1:{port}"})
    for _ in range(200):
        try:
            smtplib.SMTP("127.0.0.1", port, "x", timeout=2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return served
    raise AssertionError(served.log.read_text())


def stored(made) -> list[list[object]]:
    """What the site holds, as its own shell says."""
    words = [sys.executable, "manage.py", "shell", "--no-imports", "-c", _COUNT]
    done = subprocess.run(
        words, cwd=made.folder, env=made.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def _door_of(served: Served) -> int:
    """The process that listens for mail."""
    events = [one for one in served.events if one["event"] == "started"]
    return next(one["pid"] for one in reversed(events) if one["name"] == "mail in")


def test_a_served_site_takes_mail_and_says_where(site):
    port = free_port()
    served = started(site, port)
    try:
        assert (site.folder / "data" / "mail-in").read_text() == f"smtp://127.0.0.1:{port}\n"
        with smtplib.SMTP("127.0.0.1", port, "x") as client:
            client.sendmail(ZOE, INFO, written(1))
    finally:
        assert served.stop() == 0
    assert stored(site) == [[True, "mail 1"]]
    log = served.log.read_text()
    assert "203.0.113.77" not in log
    assert ZOE not in log


def test_nothing_acknowledged_is_lost_when_the_door_is_killed_while_mail_comes_in(site):
    port = free_port()
    served = started(site, port)
    acknowledged: list[int] = []
    try:
        _catch_up(served)
        deadline = time.monotonic() + 60
        number = kills = 0
        while (kills < 3 or len(acknowledged) < 12) and time.monotonic() < deadline:
            number += 1
            try:
                with smtplib.SMTP("127.0.0.1", port, "x", timeout=10) as client:
                    client.helo("x")
                    client.mail(ZOE)
                    client.rcpt(INFO)
                    if number % 5 == 3 and kills < 3:
                        kills += 1
                        _kill_soon(_door_of(served))
                    code, _text = client.data(written(number))
                    if code == 250:
                        acknowledged.append(number)
            except (OSError, smtplib.SMTPException):
                time.sleep(0.3)
                _catch_up(served)
    finally:
        served.stop()
    assert kills == 3
    assert len(acknowledged) >= 12
    texts = [text for _proven, text in stored(site)]
    assert {f"mail {one}" for one in acknowledged} <= {*texts}
    assert len(texts) == len({*texts})


def _kill_soon(pid: int) -> None:
    """Kill it in the middle of what comes next."""
    subprocess.Popen(["sh", "-c", f"sleep 0.01; kill -9 {pid}"])


def _catch_up(served: Served) -> None:
    """Read the supervisor's events, so that a new door's process is known."""
    while True:
        try:
            served.wait_for("started", within=0.5, name="mail in")
        except AssertionError:
            return


def test_over_lmtp_too(site):
    port = free_port()
    served = started(site, port, "lmtp")
    try:
        with smtplib.LMTP("127.0.0.1", port, "x") as client:
            client.sendmail(ZOE, INFO, written(2))
    finally:
        served.stop()
    assert stored(site) == [[True, "mail 2"]]

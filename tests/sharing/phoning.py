"""A library that phones home in every way it knows, run in a process of its own.

`python -m tests.sharing.phoning [guarded]` prints one JSON object: way -> how it ended. A way ends
in the code of our error, in `reached`, or in the name of another error.
"""

import asyncio
import json
import os
import smtplib
import socket
import sys
import urllib.request
from collections.abc import Callable
from http.client import HTTPSConnection

NAME = "collector.tracker.example"
ADDRESS = "192.0.2.77"  # of the documentation (RFC 5737): nobody answers there
V6 = "2001:db8::77"


def reads_a_page() -> None:
    urllib.request.urlopen(f"http://{NAME}/collect?who=zoe", timeout=1).read()


def reads_a_page_by_address() -> None:
    urllib.request.urlopen(f"http://{ADDRESS}/collect", timeout=1).read()


def talks_https() -> None:
    HTTPSConnection(NAME, timeout=1).request("POST", "/collect", b"{}")


def mails() -> None:
    smtplib.SMTP(NAME, 25, timeout=1).sendmail("a@b.example", ["c@d.example"], b"x")


def mails_through_the_site_s_own_server() -> None:
    smtplib.SMTP("127.0.0.1", int(os.environ["PHONING_SMTP"]), timeout=1).noop()


def asks_for_a_name() -> None:
    socket.getaddrinfo(f"zoe-example-org.{NAME}", 53)


def asks_for_a_name_the_old_way() -> None:
    socket.gethostbyname(NAME)


def asks_whose_an_address_is() -> None:
    socket.gethostbyaddr(ADDRESS)


def sends_a_datagram() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendto(b"zoe", (ADDRESS, 8125))


def sends_a_message() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendmsg([b"zoe"], [], 0, (ADDRESS, 8125))


def connects_by_hand() -> None:
    with socket.socket() as sock:
        sock.settimeout(1)
        sock.connect((ADDRESS, 443))


def connects_without_an_exception() -> None:
    with socket.socket() as sock:
        sock.settimeout(1)
        number = sock.connect_ex((ADDRESS, 443))
    if number:
        raise OSError(number, "refused")


def connects_over_the_other_protocol() -> None:
    with socket.socket(socket.AF_INET6) as sock:
        sock.settimeout(1)
        sock.connect((V6, 443))


def connects_below_the_library() -> None:
    import _socket

    sock = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
    sock.settimeout(1)
    sock.connect((ADDRESS, 443))


def connects_in_an_event_loop() -> None:
    async def go() -> None:
        await asyncio.wait_for(asyncio.open_connection(NAME, 443), 1)

    asyncio.run(go())


def talks_to_this_machine() -> None:
    with socket.create_connection(("localhost", int(os.environ["PHONING_HERE"])), 2):
        pass


WAYS: tuple[Callable[[], None], ...] = (
    reads_a_page,
    reads_a_page_by_address,
    talks_https,
    mails,
    mails_through_the_site_s_own_server,
    asks_for_a_name,
    asks_for_a_name_the_old_way,
    asks_whose_an_address_is,
    sends_a_datagram,
    sends_a_message,
    connects_by_hand,
    connects_without_an_exception,
    connects_over_the_other_protocol,
    connects_below_the_library,
    connects_in_an_event_loop,
    talks_to_this_machine,
)


def outcome(way: Callable[[], None]) -> str:
    """How a way ended."""
    try:
        way()
    except Exception as error:
        code = getattr(error, "code", None)
        return getattr(code, "id", None) or type(error).__name__
    return "reached"


def main() -> None:
    """Try every way; guarded as each process of a site is, or not."""
    if "guarded" in sys.argv:
        import django
        from django.conf import settings

        django.setup()
        settings.EMAIL_HOST, settings.EMAIL_PORT = "localhost", int(os.environ["PHONING_SMTP"])
    told = {way.__name__: outcome(way) for way in WAYS}
    if "guarded" in sys.argv:
        from kept.conf import stopped

        told["stopped"] = ", ".join(sorted(f"{one.kind} {one.name}" for one in stopped.take()))
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()

"""Connections out of this process: to hosts that somebody named, and to nobody else.

An audit hook of the interpreter (PEP 578) sees every look-up and connection of Python code, whoever
wrote it, in web workers, jobs, commands and shells alike; it can neither be removed nor wrapped.
Rules:
1. this machine may be reached, and nothing counts as this machine that only says so;
2. the site's databases and `KEPT["SERVICES"]` may be reached, and the hosts of the policy's
   recipients that may get data any time (`wire`); others while a disclosure is given (`reaching`);
3. the mail server may be reached only while a mail of ours is being sent (`sending`), so that mail
   leaves through the gate or not at all;
4. an address of the network is reached only where it was looked up, here, under a name of these:
   who holds an address tells nothing about who answers there;
5. everything else is denied before a byte or a name leaves, counted and logged; not knowing the
   policy denies.
What it cannot see: code that is no Python (a database's own driver, other programs that are
started). A firewall sees those; docs/how-to/put-a-site-into-production.md has its rules.
"""

import ipaddress
import logging
import socket
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from threading import Lock, local
from typing import Any, Final

from kept._kit.errors import KeptError, code
from kept.conf import stopped
from kept.conf.masking import masked
from kept.conf.services import is_mail_server, own

DENIED = code(
    "K004",
    "A connection to a host that nobody named was stopped",
    do="name the host in the policy's [recipients], or in KEPT['SERVICES'] if it is the site's own",
)
MAIL = code(
    "K005",
    "A mail that did not come from the site's own keepers was stopped",
    do="send it with kept.keepers.sharing, which asks the gate",
)
_HERE: Final = "localhost"
_REMEMBER: Final = 3600.0
_MOST: Final = 10_000
_LOCAL_FAMILIES: Final = frozenset(
    getattr(socket, name) for name in ("AF_UNIX", "AF_NETLINK", "AF_ALG") if hasattr(socket, name)
)
_NETWORK: Final = frozenset((socket.AF_INET, socket.AF_INET6))
log = logging.getLogger("kept.outbound")

Hosts = Callable[[], Collection[str]]
_recipients: Hosts = frozenset
_sending: ContextVar[bool] = ContextVar("kept_outbound_sending", default=False)
_reaching: ContextVar[str] = ContextVar("kept_outbound_reaching", default="")
_known: dict[str, tuple[str, float]] = {}
"""Address -> the name it was looked up under, and when (monotonic)."""
_lock = Lock()
_here = local()
_installed = False


def wire(recipients: Hosts) -> None:
    """Who tells the hosts of the policy in force; `*.` covers every name below."""
    global _recipients  # noqa: PLW0603 - one policy per process is the point
    _recipients = recipients


@contextmanager
def sending() -> Iterator[None]:
    """A mail is being sent that was asked of the gate, or that holds nothing about anybody."""
    token = _sending.set(True)
    try:
        yield
    finally:
        _sending.reset(token)


@contextmanager
def reaching(host: str) -> Iterator[None]:
    """A decided disclosure is being given at `host`, also on an occasion out of the ordinary.

    Whoever calls has seen that the recipient's clause names the host.
    """
    token = _reaching.set(host.lower())
    try:
        yield
    finally:
        _reaching.reset(token)


def install() -> None:
    """Guard this process for the rest of its life. Again changes nothing."""
    global _installed  # noqa: PLW0603 - a hook cannot be removed, so it is added once
    if _installed:
        return
    _installed = True
    socket.getaddrinfo = _remembering(socket.getaddrinfo)
    sys.addaudithook(_hook)


def judge_name(host: str, port: object = None) -> None:
    """Let `host` be looked up. Raises `KeptError` K004 or K005."""
    plain = host.rstrip(".").lower()
    if _is_address(plain):
        judge_address(plain, port)
    elif not (_is_named(plain, port) or _says_here(plain, port)):
        _deny(plain, port)


def judge_address(address: str, port: object) -> None:
    """Let `address` be connected to. Raises `KeptError` K004 or K005."""
    here = _is_loopback(address)
    if is_mail_server(_HERE if here else address, port):
        allowed = _sending.get()
    else:
        allowed = here or address in own() or _is_known(address, port)
    if not allowed:
        _deny(_known.get(address, (address, 0.0))[0], port)


def _connect(sock: socket.socket, address: Any) -> None:
    family = sock.family
    if family in _LOCAL_FAMILIES or address is None:
        return
    if family not in _NETWORK:
        _deny(f"a socket of family {int(family)}", None)
    host, port = address[0], address[1]
    judge_name(host.decode() if isinstance(host, bytes) else str(host), port)


def _look_up(host: Any, port: object = None, *_rest: Any) -> None:
    if host:
        judge_name(host.decode() if isinstance(host, bytes | bytearray) else str(host), port)


def _reverse(address: Any) -> None:
    """Asking who an address belongs to tells the answerer of a visitor."""
    _look_up(address[0] if isinstance(address, tuple) else address)


_EVENTS: Final[dict[str, Callable[..., None]]] = {
    "socket.connect": _connect,
    "socket.sendto": _connect,
    "socket.sendmsg": _connect,
    "socket.getaddrinfo": _look_up,
    "socket.gethostbyname": _look_up,
    "socket.gethostbyaddr": _reverse,
    "socket.getnameinfo": _reverse,
}


def _hook(
    event: str,
    args: tuple[Any, ...],
    judges: Callable[[str], Callable[..., None] | None] = _EVENTS.get,
) -> None:
    """Bound to its table when it is made: a hook is still called while the interpreter ends."""
    judge = judges(event)
    if judge is not None:
        judge(*args)


def _is_named(host: str, port: object) -> bool:
    if is_mail_server(host, port):
        return _sending.get()
    return host == _reaching.get() or _covers(own(), host) or _covers(_of_policy(), host)


def _says_here(host: str, port: object) -> bool:
    """Whether a name says that it is this machine: it may be looked up, and its address decides."""
    if is_mail_server(host, port):
        return False
    return host in ("localhost", socket.gethostname().lower()) or host.endswith(".localhost")


def _of_policy() -> Collection[str]:
    """The hosts of the policy; none while it is being read, and none where it cannot be."""
    if getattr(_here, "asking", False):
        return ()
    _here.asking = True
    try:
        return _recipients()
    except Exception:  # whatever is wrong, an error in a control denies
        log.exception("the hosts of the policy cannot be read, so none is let through")
        return ()
    finally:
        _here.asking = False


def _covers(hosts: Iterable[str], host: str) -> bool:
    return any(host == one or (one.startswith("*.") and host.endswith(one[1:])) for one in hosts)


def _is_known(address: str, port: object) -> bool:
    """Whether the address was looked up under a name that may be reached now."""
    name, since = _known.get(address, ("", 0.0))
    return bool(name) and time.monotonic() - since < _REMEMBER and _is_named(name, port)


def _remembering(look_up: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(look_up)
    def remembering(host: Any, *rest: Any, **named: Any) -> Any:
        found = look_up(host, *rest, **named)
        if host:
            remember(host, (one[4][0] for one in found))
        return found

    return remembering


def remember(host: str | bytes, addresses: Iterable[object]) -> None:
    """`host` was looked up and stands at `addresses`."""
    name = (host.decode() if isinstance(host, bytes) else str(host)).rstrip(".").lower()
    with _lock:
        if len(_known) > _MOST:
            _known.clear()
        for address in addresses:
            plain = str(address).lower()
            if plain != name:
                _known[plain] = (name, time.monotonic())


def _deny(host: str, port: object) -> None:
    here = _is_address(host) and _is_loopback(host)
    mail = is_mail_server(_HERE if here else host, port)
    stopped.note("mail" if mail else "connection", host)
    error = KeptError(MAIL if mail else DENIED, f"`{host}`", place="outbound")
    log.warning("%s", masked(str(error)))
    raise error


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True


def _is_loopback(address: str) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(parsed, "ipv4_mapped", None)
    plain = mapped or parsed
    return bool(plain.is_loopback or plain.is_unspecified)

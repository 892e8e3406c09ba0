"""Where mail comes in, as the host's settings say: address, trusted server, limits.

Rules: off unless an address is set; only machines that are named may deliver (by default this one:
mail passes the receiving server, which says who sent it); mails are taken for the addresses that
the policy names in `[contacts]`, and those that the settings add.
"""

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kept import gate
from kept._kit.errors import KeptError, code
from kept.conf import settings

POINT = "mail"
WRONG = code("M001", "The setting of inbound mail is wrong", do="see docs/how-to/receive-mail.md")
_SIZE = 10 * 1024 * 1024
_PORTS = {"smtp": 25, "lmtp": 24}
_HERE = ("127.0.0.0/8", "::1/128")
_MOST = 100 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Listening:
    """How mail comes in."""

    protocol: str
    """`smtp` or `lmtp`."""
    host: str
    port: int
    path: str
    """A socket's path instead of host and port."""
    authserv: str
    """The name under which the receiving server writes `Authentication-Results`; empty: none."""
    peers: tuple[str, ...]
    """Networks whose machines may deliver."""
    size: int
    """Bytes of the largest mail that is taken."""
    also: frozenset[str]
    """Addresses beside those of the policy's `[contacts]`."""

    def admits(self, peer: str) -> bool:
        """Whether a machine may deliver."""
        try:
            address = ipaddress.ip_address(peer.partition("%")[0])
        except ValueError:
            return False
        plain = getattr(address, "ipv4_mapped", None) or address
        return any(plain in ipaddress.ip_network(one) for one in self.peers)


def listening() -> Listening | None:
    """What the settings say; None where no mail comes in. Raises `KeptError` M001."""
    given = settings().mail_in
    target = str(given.get("listen") or "")
    if not target:
        return None
    parts = urlsplit(target)
    if parts.scheme not in ("smtp", "lmtp"):
        raise _wrong("`listen` is no smtp:// or lmtp:// address")
    path = parts.path if not parts.hostname else ""
    if path and not Path(path).is_absolute():
        raise _wrong("`listen` names a socket by a relative path")
    try:
        port = parts.port if parts.port is not None else _PORTS[parts.scheme]
    except ValueError:
        raise _wrong("`listen` has no usable port") from None
    return Listening(
        protocol=parts.scheme,
        host=parts.hostname or "",
        port=port,
        path=path,
        authserv=str(given.get("authserv") or "").lower(),
        peers=_networks(given.get("peers") or _HERE),
        size=_size(given.get("size") or _SIZE),
        also=frozenset(str(one).lower() for one in given.get("addresses") or ()),
    )


def addresses(said: Listening) -> frozenset[str]:
    """The addresses that mail is taken for; none where the policy has no point `mail`."""
    current = gate.in_force().in_force[1]
    point = current.collect.get(POINT)
    if point is None or point.channel != "mail":
        return frozenset()
    return said.also | {one.email.lower() for one in current.contacts.values() if one.email}


def place() -> Path:
    """The file that says where mail comes in while the site is served."""
    return settings().data / "mail-in"


def _networks(given: Any) -> tuple[str, ...]:
    try:
        return tuple(str(ipaddress.ip_network(str(one), strict=False)) for one in given)
    except ValueError:
        raise _wrong("`peers` holds something that is no network") from None


def _size(given: Any) -> int:
    if not isinstance(given, int) or not 0 < given <= _MOST:
        raise _wrong(f"`size` is no number of bytes up to {_MOST}")
    return given


def _wrong(what: str) -> KeptError:
    return KeptError(WRONG, what, place="settings.KEPT['MAIL_IN']")

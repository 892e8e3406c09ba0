"""The hosts that are the site's own: its databases, what the settings name, its mail server."""

from functools import cache
from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.core.signals import setting_changed

from kept.conf.settings import settings

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_MAIL_PORTS = frozenset({"25", "465", "587", "smtp", "submission"})
"""Whoever listens there takes mail for anybody (RFC 5321, RFC 6409, RFC 8314)."""


@cache
def own() -> frozenset[str]:
    """Names and addresses of databases and of `KEPT["SERVICES"]`; sockets of files are none."""
    configured = settings()
    hosts = [*configured.services]
    for address in (configured.keys, configured.ledger):
        if "://" in address:
            hosts.append(urlsplit(address).hostname or "")
    for database in django_settings.DATABASES.values():
        hosts += str(database.get("HOST") or "").split(",")
    return frozenset(one.lower() for one in hosts if one and not one.startswith("/"))


def is_mail_server(host: str, port: object) -> bool:
    """Whether mail leaves there: the configured server, or any on this machine at a port of mail.

    Without a port, the name alone tells.
    """
    if is_here(host) and str(port) in _MAIL_PORTS:
        return True
    server = str(django_settings.EMAIL_HOST).lower()
    if not server or host not in (_LOCAL if is_here(server) else {server}):
        return False
    if port is None or port == "":
        return not is_here(server)
    return str(port) == str(django_settings.EMAIL_PORT)


def is_here(host: str) -> bool:
    """Whether a configured host is this machine."""
    return host in _LOCAL


def _forget(**_: object) -> None:
    own.cache_clear()


setting_changed.connect(_forget)

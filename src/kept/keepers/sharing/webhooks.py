"""Sending by webhook as Standard Webhooks 1.0 says: id, timestamp, signature, over HTTPS.

Rules: the certificate is checked; a redirect is an error and is not followed; the answer's text is
neither kept nor read beyond a few bytes; 410 is final (the recipient wants no more), everything
else may pass; the text of an exception is dropped.
"""

import base64
import hashlib
import hmac
import http.client
import ssl
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

from kept.conf import outbound
from kept.keepers.sharing import failures
from kept.keepers.sharing.failures import Failure
from kept.keepers.sharing.ways import Way

_SECONDS = 15
_OK = range(200, 300)
_REDIRECTS = range(300, 400)
_GONE = 410
_PORT = 443


def sign(id: str, timestamp: int, body: bytes, keys: Sequence[bytes]) -> str:
    """The `webhook-signature` header: one `v1,…` per key, with spaces between."""
    signed = f"{id}.{timestamp}.".encode() + body
    made = (base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode() for key in keys)
    return " ".join(f"v1,{one}" for one in made)


def post(way: Way, id: str, body: bytes, keys: Sequence[bytes]) -> Failure | None:
    """Post `body`; None where the recipient took it."""
    stamp = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Kept",
        "webhook-id": id,
        "webhook-timestamp": str(stamp),
        "webhook-signature": sign(id, stamp, body, keys),
    }
    try:
        status = _status(way, body, headers)
    except Exception as error:  # whatever went wrong, it is tried again; its text may tell too much
        return failures.of(error)
    if status in _OK:
        return None
    if status in _REDIRECTS:
        return Failure(f"redirect {status}, not followed", final=True)
    return Failure(f"HTTP {status}", final=status == _GONE)


def _status(way: Way, body: bytes, headers: dict[str, str]) -> int:
    parts = urlsplit(way.target)
    context = ssl.create_default_context(cafile=way.ca or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    connection = http.client.HTTPSConnection(
        str(parts.hostname), parts.port or _PORT, timeout=_SECONDS, context=context
    )
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        with outbound.reaching(str(parts.hostname)):
            connection.request("POST", path, body, headers)
            return connection.getresponse().status
    finally:
        connection.close()

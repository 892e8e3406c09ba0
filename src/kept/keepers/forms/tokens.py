"""The one-time token in every collection form.

Rules: it binds a submission to the collection point, the policy version and the exact notice that
were on the page; it is signed, ends after `LASTS`, and is spent once (a replay stores nothing).
It carries nothing about the visitor and sets no cookie.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing

from kept._kit import ids
from kept._kit.digests import digest_of

LASTS = timedelta(hours=12)
_SALT = "kept.keepers.forms"


@dataclass(frozen=True, slots=True)
class FormToken:
    """What stood on the page that the visitor filled in."""

    point: str
    version: int
    shown: str
    """Digest of the notice's text."""
    nonce: str

    @property
    def digest(self) -> str:
        """What the table of spent tokens keeps (BLAKE2b-256, hex)."""
        return digest_of(self.nonce)


def issue(point: str, version: int, shown_text: str) -> str:
    """A fresh signed token for one rendering of one form."""
    values = [point, version, digest_of(shown_text), ids.token(18)]
    return signing.dumps(values, salt=_SALT, compress=False)


def read(text: str) -> FormToken | None:
    """The token, or None where it is forged, malformed or too old."""
    try:
        values = signing.loads(text, salt=_SALT, max_age=LASTS)
    except signing.BadSignature:
        return None
    point, version, shown, nonce = values
    return FormToken(point, version, shown, nonce)

"""The brake on sign-in attempts for one name (NIST SP 800-63B-4, section 3.2.2).

Rules: an attempt is counted before its password is looked at, in one statement, so that attempts
side by side cannot slip through; five are free, then the wait doubles up to 15 minutes, and the
hundredth in a row is the last until a day has passed; known and unknown names are counted alike;
a row holds a keyed digest of the name, never the name, never an address, and is gone a day after
its last attempt, or at once when the person signs in.
"""

import hashlib
import hmac
import unicodedata
from datetime import datetime, timedelta

from django.conf import settings

from kept._kit import clock
from kept.keepers.accounts.models import SignInAttempts

FREE = 5
LONGEST_WAIT = timedelta(minutes=15)
MOST_IN_A_ROW = 100
FORGET_AFTER = timedelta(days=1)
_TRIES = 3


def wait(name: str) -> int:
    """Count an attempt for `name`; seconds until the next may be made, 0 when this one may."""
    now = clock.now()
    SignInAttempts.objects.filter(forget_at__lte=now).delete()
    for _ in range(_TRIES):
        row = _row(name, now)
        if row.not_before > now:
            return _seconds(row.not_before - now)
        if _count(row, now):
            return 0
    return 1


def forget(name: str) -> None:
    """The person signed in: nothing of the attempts is kept."""
    SignInAttempts.objects.filter(digest=_digest(name)).delete()


def _row(name: str, now: datetime) -> SignInAttempts:
    digest = _digest(name)
    row, _ = SignInAttempts.objects.get_or_create(
        digest=digest,
        defaults={"count": 0, "not_before": now, "forget_at": now + FORGET_AFTER},
    )
    return row


def _count(row: SignInAttempts, now: datetime) -> bool:
    """Count one more where nobody counted meanwhile; False where somebody did."""
    count = row.count + 1
    return bool(
        SignInAttempts.objects.filter(digest=row.digest, count=row.count).update(
            count=count, not_before=now + _pause(count), forget_at=now + FORGET_AFTER
        )
    )


def _pause(count: int) -> timedelta:
    if count >= MOST_IN_A_ROW:
        return FORGET_AFTER
    if count < FREE:
        return timedelta(0)
    return min(LONGEST_WAIT, timedelta(seconds=2 ** min(count - FREE, 20)))


def _seconds(span: timedelta) -> int:
    return max(1, int(span.total_seconds()))


def _digest(name: str) -> str:
    """Keyed, so that a stolen database does not tell which names were tried.

    As coarse as the look-up of names, or another spelling would be another count.
    """
    key = hmac.digest(settings.SECRET_KEY.encode(), b"kept.accounts.throttle", "sha256")
    plain = _plain(name)
    return hashlib.blake2b(plain.encode(), key=key, digest_size=32).hexdigest()


def _plain(name: str) -> str:
    folded = "".join(unicodedata.normalize("NFKC", name).casefold().split())
    local, at, domain = folded.rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode()}"
    except UnicodeError:
        return folded

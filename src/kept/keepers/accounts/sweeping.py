"""What is over is removed: sessions, links, counts. A job by the clock calls it every hour."""

from kept._kit import clock
from kept.keepers.accounts.models import Link, OpenSession, SignInAttempts


def sweep() -> int:
    """Remove expired sessions, links and counts of attempts; how many rows."""
    now = clock.now()
    gone = (
        OpenSession.objects.filter(expire_date__lte=now).delete()[0],
        Link.objects.filter(ends__lte=now).delete()[0],
        SignInAttempts.objects.filter(forget_at__lte=now).delete()[0],
    )
    return sum(gone)

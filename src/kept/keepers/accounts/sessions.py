"""Sessions on the server, as long as the policy's `[cookies.<session>]` says (UI-14).

Rules: a session holds ids, never a word about a person. Its end on the server is never later than
what is said, and rounded down, so that no row tells when somebody was here: a visit's state ends
within `VISIT` of its last use; a login's at log-out, or within the clause's `unused` (a browser
that was closed does not say so). Where a period is declared, the cookie has it to the second, and
the row goes within the hour after. Otherwise the cookie ends with the browser.
"""

from datetime import datetime, time, timedelta
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions

from kept import promises
from kept._kit import clock
from kept._kit.errors import KeptError
from kept.keepers.accounts.models import OpenSession
from kept.policy import Policy

VISIT = timedelta(hours=2)
_UNUSED = timedelta(days=1)
"""Of a login, where no policy says it."""
_LONG = timedelta(days=7)
"""From here on, ends are rounded to days, else to hours."""
LOGGED_IN = "logged-in"
"""The state in `[cookies.<session>.lifetimes]`."""


class SessionStore(DatabaseSessions):
    """Django's sessions in the database, with the policy's ends and the account in a column."""

    _session: dict[str, Any]
    _session_key: str | None  # both are of Django's base class; its stubs leave it out

    @classmethod
    def get_model_class(cls) -> type[OpenSession]:
        """The table."""
        return OpenSession

    def create_model_instance(self, data: Any) -> OpenSession:
        """The row to write, with the account that is signed in."""
        row = cast("OpenSession", super().create_model_instance(data))
        row.account_id = data.get(SESSION_KEY)
        return row

    def load(self) -> dict[str, Any]:
        """The session's values; one that is used goes on, noted once an hour or day."""
        rows = OpenSession.objects.filter(session_key=self.session_key, expire_date__gt=clock.now())
        row = rows.first()
        if row is None:
            self._session_key = None
            return {}
        values: dict[str, Any] = self.decode(row.session_data)
        if _end(_period(values), values) > row.expire_date:
            self.modified = True
        return values

    async def aload(self) -> dict[str, Any]:
        """The same for asynchronous views."""
        return await sync_to_async(self.load)()

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        """When the server forgets it, rounded."""
        return _end(_period(self._session), self._session)

    def get_expiry_age(self, **kwargs: Any) -> int:
        """Seconds: of the declared period, else until the server forgets it."""
        period = _period(self._session)
        if period is not None:
            return int(period.total_seconds())
        return max(0, int((self.get_expiry_date() - clock.now()).total_seconds()))

    def get_expire_at_browser_close(self) -> bool:
        """True unless the policy declares a period for this state."""
        return _period(self._session) is None


def _end(period: timedelta | None, values: dict[str, Any]) -> datetime:
    now = clock.now()
    if period is not None:
        return _hour(now + period) + timedelta(hours=1)
    lasts = _unused() if SESSION_KEY in values else VISIT
    end = now + lasts
    if lasts < _LONG:
        return _hour(end)
    return datetime.combine(end.date(), time(), now.tzinfo)


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _unused() -> timedelta:
    """How long a login lasts that nobody uses, at most."""
    clause = _policy_cookies().get(settings.SESSION_COOKIE_NAME)
    idle = None if clause is None else clause.idle
    if idle is None:
        return _UNUSED
    moment = clock.now()
    lasts: timedelta = idle.after_moment(moment) - moment
    return lasts


def _period(values: dict[str, Any]) -> timedelta | None:
    """The declared period of the session's state; None for a visit or until log-out."""
    clause = _policy_cookies().get(settings.SESSION_COOKIE_NAME)
    if clause is None:
        return None
    state = clause.lifetimes.get(LOGGED_IN) if SESSION_KEY in values else None
    seconds = (state or clause.lifetime).seconds
    return None if seconds is None else timedelta(seconds=seconds)


def _policy_cookies() -> Any:
    try:
        policy: Policy = promises.current().policy
    except KeptError:  # nothing is posted yet: the stricter default of a visit
        return {}
    return policy.cookies

"""System checks of what leaves: a production site whose mails stay at home is told so."""

from typing import Any

from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Warning, register

from kept._kit.errors import code
from kept.conf import settings

_MAILBOX = "kept.keepers.sharing.mailbox.SealedMailbox"
AT_HOME = code(
    "S006",
    "A production site's mails do not leave",
    do="set EMAIL_HOST and KEPT['MAILBOX'] = False",
)


@register("kept")
def mails_leave(**_: Any) -> list[CheckMessage]:
    """kept.S006 where a site in production shows or fills the local mailbox."""
    at_home = settings().mailbox or django_settings.EMAIL_BACKEND == _MAILBOX
    if not (settings().production and at_home):
        return []
    return [Warning(AT_HOME.title, hint=AT_HOME.do, id=f"kept.{AT_HOME.id}")]

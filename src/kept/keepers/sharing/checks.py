"""System checks of what leaves: mails that stay at home, proxies, a mail server nobody named."""

import os
from typing import Any

from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Warning, register

from kept import policy
from kept._kit.errors import code
from kept.conf import services, settings
from kept.keepers.sharing import hosts

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


PROXY = code(
    "K006",
    "A proxy hides whom the site contacts",
    do="remove it from the environment, or see that it lets through the policy's hosts only",
)
MAIL_SERVER = code(
    "K007",
    "The mail server is another machine that the policy does not name",
    do="name whoever runs it in the policy's [recipients] with its host, or in KEPT['SERVICES'] "
    "if it is the site's own",
)
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@register("kept", deploy=True)
def no_proxy_hides(**_: Any) -> list[CheckMessage]:
    """kept.K006 where the environment sends connections through a proxy."""
    found = [name for name in _PROXIES if os.environ.get(name) or os.environ.get(name.lower())]
    if not found:
        return []
    return [Warning(f"{PROXY.title}: {', '.join(found)}", hint=PROXY.do, id=f"kept.{PROXY.id}")]


@register("kept", deploy=True)
def the_mail_server_is_named(**_: Any) -> list[CheckMessage]:
    """kept.K007 where mails pass through a machine of somebody whom no sentence tells of."""
    loaded = policy.load(settings().policy).policy
    server = str(django_settings.EMAIL_HOST).lower()
    named = services.own() | (hosts.declared(loaded) if loaded else frozenset())
    if not server or server in named or services.is_here(server):
        return []
    return [Warning(MAIL_SERVER.title, hint=MAIL_SERVER.do, id=f"kept.{MAIL_SERVER.id}")]

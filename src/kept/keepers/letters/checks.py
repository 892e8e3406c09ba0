"""System checks of inbound mail: settings that are wrong, and a door that proves nobody."""

from typing import Any

from django.core.checks import CheckMessage, Error, Warning, register

from kept._kit.errors import KeptError, code
from kept.conf import settings
from kept.keepers.letters.listening import listening

NOBODY_SAYS = code(
    "M002",
    "No receiving server is named that says who sent a mail",
    do="set KEPT['MAIL_IN']['authserv'] to the name in its Authentication-Results headers; "
    "until then every mail waits for an operator",
)


@register("kept")
def mail_in_is_right(**_: Any) -> list[CheckMessage]:
    """kept.M001 where the settings are wrong; kept.M002 where no server is trusted."""
    try:
        said = listening()
    except KeptError as error:
        return [Error(error.message, hint=error.do, id=f"kept.{error.code.id}")]
    if said is None or said.authserv or not settings().production:
        return []
    return [Warning(NOBODY_SAYS.title, hint=NOBODY_SAYS.do, id=f"kept.{NOBODY_SAYS.id}")]

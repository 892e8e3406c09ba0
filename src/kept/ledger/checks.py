"""Django system checks of the ledger: keys that others may read are an error in production."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from kept._kit.errors import KeptError
from kept.conf import settings
from kept.ledger import keys
from kept.ledger.errors import KEY_MODE


@register("kept")
def keys_are_private(**_: Any) -> list[CheckMessage]:
    """L006 where a key of the ledger is readable by others and the site is in production."""
    try:
        if settings().production:
            keys.refuse_loose()
    except KeptError as error:
        if error.code != KEY_MODE:
            return []  # the settings' own checks report the rest
        return [Error(error.message, hint=error.do, obj=error.place, id="kept_ledger.L006")]
    return []

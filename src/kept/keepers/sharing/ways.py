"""How a recipient is reached: what the policy names, and what the host's settings say of it.

Rules: whoever is reached is declared in the policy in force; a webhook is HTTPS at a host that the
clause names in `hosts`; a recipient without a way gets nothing but files that a person hands over;
a webhook's secret stands under the root of secrets, readable by its owner only.
"""

import base64
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from kept import gate
from kept._kit.errors import KeptError, code
from kept.conf import settings
from kept.keepers.sharing.compose import can_reach
from kept.policy import Recipient

NO_RECIPIENT = code(
    "S011", "There is no such recipient", do="name one of the policy's [recipients]"
)
NO_WAY = code(
    "S012",
    "It is not known how the recipient is reached",
    do="set KEPT['RECIPIENTS'], or choose the channel `file`",
)
BAD_WAY = code(
    "S013",
    "The recipient cannot be reached that way",
    do="give an https address at a host of the clause's `hosts`, or one plain mail address",
)
NO_SECRET = code(
    "S014", "The webhook has no secret to sign with", do="make one with `kept disclose key`"
)
_PREFIX = "whsec_"
_BYTES = 32
_KEPT = 2
"""Secrets that are signed with at once: the new one, and the old one while it is exchanged."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to a recipient: `target` is an address for mail or https, empty for a file."""

    channel: str
    target: str = ""
    ca: str = ""
    """File with the certificate authorities to trust; empty: those of the machine."""


def clause(recipient: str) -> Recipient:
    """What the policy in force says of the recipient. Raises `KeptError` S011."""
    found = gate.in_force().in_force[1].recipients.get(recipient)
    if found is None or found.kind == "public":
        raise KeptError(NO_RECIPIENT, f"`{recipient}` is no recipient that data is sent to")
    return found


def way(recipient: str, channel: str | None = None) -> Way:
    """The way to a recipient, of that channel where one is named.

    Raises `KeptError` S011 to S013.
    """
    said = clause(recipient)
    set_ = settings().recipients.get(recipient, {})
    wanted = channel or next((one for one in ("webhook", "mail") if one in set_), "file")
    if wanted == "file":
        return Way("file")
    target = set_.get(wanted, "")
    if not target:
        raise KeptError(NO_WAY, f"`{recipient}` has no `{wanted}`", place="settings.KEPT")
    if wanted == "mail":
        if not can_reach(target):
            raise KeptError(BAD_WAY, f"`{recipient}`: not one plain mail address")
        return Way("mail", target)
    _check_webhook(recipient, target, said.hosts)
    return Way("webhook", target, set_.get("ca", ""))


def _check_webhook(recipient: str, target: str, hosts: tuple[str, ...]) -> None:
    parts = urlsplit(target)
    plain = parts.username is None and parts.password is None and not parts.fragment
    if parts.scheme != "https" or not parts.hostname or not plain:
        raise KeptError(BAD_WAY, f"`{recipient}`: not a plain https address")
    if not any(_covers(one, parts.hostname.lower()) for one in hosts):
        raise KeptError(BAD_WAY, f"`{recipient}`: `{parts.hostname}` is not among its `hosts`")


def _covers(named: str, host: str) -> bool:
    return host == named or (named.startswith("*.") and host.endswith(named[1:]))


def keys(recipient: str) -> tuple[bytes, ...]:
    """The secrets to sign with, the newest first. Raises `KeptError` S014."""
    try:
        lines = _file(recipient).read_text("ascii").split()
    except FileNotFoundError:
        lines = []
    found = tuple(base64.b64decode(one.removeprefix(_PREFIX)) for one in lines)
    if not found:
        raise KeptError(NO_SECRET, f"`{recipient}`")
    return found


def make_key(recipient: str) -> str:
    """Make a new secret and give it, to be handed to the recipient; the last one stays beside it.

    Form of Standard Webhooks: `whsec_` and base64 of 32 random bytes. Raises `KeptError` S011.
    """
    clause(recipient)
    made = _PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()
    file = _file(recipient)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    before = file.read_text("ascii").split() if file.exists() else []
    part = file.with_suffix(".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write("\n".join([made, *before][:_KEPT]) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(file)
    return made


def _file(recipient: str) -> Path:
    return settings().secret / "webhooks" / f"{recipient}.key"

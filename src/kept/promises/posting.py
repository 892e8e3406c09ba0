"""Posting a new version for a day to come, and withdrawing one that is not in force yet.

Rules: the policy file is replaced before the version is posted, so that a start in between posts
the same text; a version takes effect no earlier than it is posted and no sooner than the policy in
force says that changes are posted before; versions take effect in the order they were posted; what
was posted is withdrawn only before its day, and stays readable; each may be done again.
"""

import os
import re
from datetime import date
from pathlib import Path

from kept import ledger, policy
from kept._kit import clock
from kept._kit.errors import KeptError, code
from kept.conf import settings
from kept.promises import versions
from kept.promises.models import PolicyVersion
from kept.promises.values import Adopted, Posted

TOO_SOON = code(
    "P010", "The new version would take effect too soon", do="give a later day: `--effective`"
)
OUT_OF_ORDER = code(
    "P011",
    "A version that was posted takes effect later",
    do="withdraw it first: `kept policy unpublish`, or give a later day",
)
IN_FORCE = code(
    "P012", "There is no posted version that waits for its day", do="see `/privacy/history/`"
)
NO_DAY = code(
    "P013", "The text has no line `effective = …` to set the day in", do="add one to [policy]"
)
FIXED = code(
    "P014", "The policy file cannot be written", do="make it writable, or write it there yourself"
)
_EFFECTIVE = re.compile(r"(?m)^(effective\s*=\s*)[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read(text: str, name: str, effective: date | None = None) -> policy.Policy:
    """The policy in `text`, to take effect on that day. Raises `KeptError` P001, P013."""
    if effective is not None:
        text, found = _EFFECTIVE.subn(rf"\g<1>{effective.isoformat()}", text, count=1)
        if not found:
            raise KeptError(NO_DAY, f"`{name}`", place=name)
    loaded = policy.loads(text, name)
    if loaded.policy is None:
        lines = "\n".join(str(problem) for problem in loaded.problems)
        raise KeptError(versions.UNREADABLE, f"`{name}` is not posted:\n{lines}", place=name)
    return loaded.policy


def check(new: policy.Policy) -> None:
    """Whether it may be posted for its day; the first may. Raises `KeptError` P010 or P011."""
    if not PolicyVersion.objects.exists():
        return
    waiting = versions.coming()
    if waiting is not None and waiting.policy.digest == new.digest:
        return
    day, current = new.meta.effective, versions.current()
    if current.policy.digest == new.digest:
        return
    period = current.policy.meta.notice
    first = period.after(clock.today()) if period else clock.today()
    if day < first:
        raise KeptError(TOO_SOON, f"{day} is before {first}")
    if waiting is not None and day < waiting.effective:
        raise KeptError(OUT_OF_ORDER, f"version `{waiting.label}` does on {waiting.effective}")


def publish(new: policy.Policy) -> Adopted:
    """Make it the policy file and post it. Raises `KeptError` P003, P010, P011, P014."""
    check(new)
    _write(new.text)
    return versions.post(new)


def withdraw() -> Posted:
    """Withdraw the version that was posted last and waits. Raises `KeptError` P012, P014."""
    waiting = versions.coming()
    if waiting is None:
        raise KeptError(IN_FORCE, "nothing to withdraw")
    left = PolicyVersion.objects.filter(withdrawn_at=None).exclude(ordinal=waiting.ordinal)
    before = left.order_by("ordinal").last()
    if before is None:
        raise KeptError(IN_FORCE, "it is the only version there is")
    _write(before.text)
    _withdraw(waiting.ordinal)
    return waiting


@ledger.flow(ledger.PolicyWithdrawn)
def _withdraw(ordinal: int) -> None:
    rows = PolicyVersion.objects.filter(
        ordinal=ordinal, withdrawn_at=None, effective__gt=clock.today()
    )
    if not rows.update(withdrawn_at=clock.now()):
        raise KeptError(IN_FORCE, "it is in force by now")
    ledger.record(ledger.PolicyWithdrawn(version=ordinal), None)
    versions.changed()


def _write(text: str) -> None:
    """Replace the policy file, whole or not at all."""
    place: Path = settings().policy
    try:
        if place.exists() and place.read_text("utf-8") == text:
            return
        draft = place.with_name(f".{place.name}.draft")
        draft.write_text(text, "utf-8")
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.replace(place)
    except OSError as error:
        raise KeptError(FIXED, f"{error.strerror}", place=str(place)) from error

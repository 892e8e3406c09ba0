"""Which backups there are, and when each was made."""

from dataclasses import dataclass
from datetime import datetime

from kept.conf import settings
from kept.vault.backups import places


@dataclass(frozen=True, slots=True)
class Copy:
    """One backup that is whole and verified."""

    kind: str
    """`data` or `keys`."""
    name: str
    made: datetime


def inventory() -> tuple[Copy, ...]:
    """Every backup in the two configured places, the oldest of each kind first."""
    roots = (("data", settings().backups), ("keys", settings().key_backups))
    return tuple(
        Copy(kind, path.name, places.made(path))
        for kind, root in roots
        for path in places.backups(root, kind)
    )

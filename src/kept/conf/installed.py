"""Which apps a host installs: `INSTALLED_APPS = [*kept.APPS, …]`. Names only, no imports.

Rules: a keeper of another package adds itself by an entry point of the group `kept.keepers`, whose
value is its app (`kept_guestbook`); installing the package installs the keeper, in order of names.
"""

from importlib.metadata import entry_points

GROUP = "kept.keepers"

_OURS: tuple[str, ...] = (
    "kept.schedule",
    "kept.ledger",
    "kept.vault",
    "kept.promises",
    "kept.keepers.accounts",
    "kept.keepers.safekeeping",
    "kept.keepers.consent",
    "kept.keepers.sharing",
    "kept.keepers.edges",
    "kept.keepers.forms",
    "kept.keepers.cookies",
    "kept.keepers.visits",
    "kept.keepers.orders",
    "kept.keepers.mailings",
    "kept.keepers.rights",
    "kept.keepers.letters",
    "kept.keepers.retention",
    "kept.keepers.notices",
    "kept.console",
)

APPS: tuple[str, ...] = (*_OURS, *sorted({one.value for one in entry_points(group=GROUP)}))

"""Which apps a host installs: `INSTALLED_APPS = [*kept.APPS, …]`. Names only, no imports."""

APPS: tuple[str, ...] = (
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
    "kept.keepers.retention",
    "kept.console",
)

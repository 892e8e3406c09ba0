"""The app of care for data at rest."""

from django.apps import AppConfig


class SafekeepingConfig(AppConfig):
    """Label `kept_safekeeping`."""

    name = "kept.keepers.safekeeping"
    label = "kept_safekeeping"
    verbose_name = "Care for data at rest"

    def ready(self) -> None:
        """Declare what the vault and the ledger below are able to do."""
        from kept.keepers.safekeeping import promises
        from kept.promises import keeping

        keeping.register("safekeeping", lambda: promises.ABILITIES)

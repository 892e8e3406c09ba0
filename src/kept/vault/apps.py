"""The vault as a Django app: subjects in the host's database, checks, and the ledger's seal."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Label `kept_vault`."""

    name = "kept.vault"
    label = "kept_vault"
    verbose_name = "Personal data"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the start-up checks and give the ledger the subjects' keys."""
        from django.db.models.signals import post_migrate, pre_migrate

        from kept import ledger
        from kept.vault import (  # noqa: F401 - importing them registers
            checks,
            files,
            middleware,
            resealing,
            scheduled,
        )
        from kept.vault.adopting import checks as adopting_checks  # noqa: F401 - as above
        from kept.vault.adopting import guarding, watching
        from kept.vault.holdings import checks as holding_checks  # noqa: F401 - as above
        from kept.vault.holdings import framework
        from kept.vault.sealed_bytes import LedgerSealer

        framework.declare()
        watching.begin()
        pre_migrate.connect(guarding.before_migrate, dispatch_uid="kept.vault.adopting")
        post_migrate.connect(resealing.after_migrate, dispatch_uid="kept.vault.resealing")
        ledger.wire(LedgerSealer())
        scheduled.register()

"""The ledger as a Django app: its outbox stands in the host's data database."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Label `kept_ledger`."""

    name = "kept.ledger"
    label = "kept_ledger"
    verbose_name = "Ledger"
    default_auto_field = "django.db.models.BigAutoField"
    kept_parts = {"record": "kept.ledger.sequencer"}

    def ready(self) -> None:
        """Register the start-up checks and the nightly one of the record."""
        from kept.ledger import checks, nightly  # noqa: F401 - importing `checks` registers

        nightly.register()

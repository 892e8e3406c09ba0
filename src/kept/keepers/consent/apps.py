"""The app of consents."""

from django.apps import AppConfig


class ConsentConfig(AppConfig):
    """Label `kept_consent`."""

    name = "kept.keepers.consent"
    label = "kept_consent"
    verbose_name = "Consents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare what this keeper is able to do; follow mergers."""
        from kept import vault
        from kept.keepers.consent import (  # noqa: F401 - importing two of them registers
            checks,
            flows,
            promises,
            recorded,
        )
        from kept.promises import keeping, needs

        recorded.register()
        vault.on_merger(flows.merged)
        keeping.register("consent", lambda: (needs.CONSENT,))

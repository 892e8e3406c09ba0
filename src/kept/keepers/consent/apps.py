"""The app of consents."""

from django.apps import AppConfig


class ConsentConfig(AppConfig):
    """Label `kept_consent`."""

    name = "kept.keepers.consent"
    label = "kept_consent"
    verbose_name = "Consents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare what this keeper is able to do."""
        from kept.keepers.consent import promises, recorded  # noqa: F401 - importing registers
        from kept.promises import keeping, needs

        recorded.register()
        keeping.register("consent", lambda: (needs.CONSENT,))

"""The app of everything that leaves."""

from django.apps import AppConfig


class SharingConfig(AppConfig):
    """Label `kept_sharing`."""

    name = "kept.keepers.sharing"
    label = "kept_sharing"
    verbose_name = "Sharing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks."""
        from kept.keepers.sharing import checks  # noqa: F401 - importing registers

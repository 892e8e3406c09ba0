"""The app of retention."""

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    """Label `kept_retention`."""

    name = "kept.keepers.retention"
    label = "kept_retention"
    verbose_name = "Retention"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say what the keeper can do, and sweep by the clock."""
        from kept.keepers.retention import checks, jobs  # noqa: F401 - importing registers
        from kept.keepers.retention.promises import abilities
        from kept.promises import keeping

        keeping.register("retention", abilities)
        jobs.register()

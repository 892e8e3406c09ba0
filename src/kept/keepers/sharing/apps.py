"""The app of everything that leaves."""

from django.apps import AppConfig


class SharingConfig(AppConfig):
    """Label `kept_sharing`."""

    name = "kept.keepers.sharing"
    label = "kept_sharing"
    verbose_name = "Sharing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks; guard what leaves this process."""
        from kept.conf import outbound
        from kept.keepers.sharing import checks, hosts  # noqa: F401 - importing registers checks

        outbound.wire(hosts.of_policy_in_force)
        outbound.install()

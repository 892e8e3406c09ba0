"""The app of visits. It has no Django models: what is counted stands in a file of its own."""

from django.apps import AppConfig


class VisitsConfig(AppConfig):
    """Label `kept_visits`."""

    name = "kept.keepers.visits"
    label = "kept_visits"
    verbose_name = "Visits"
    kept_parts = {"visits": "kept.keepers.visits.server"}

    def ready(self) -> None:
        """Declare what this keeper is able to do."""
        from kept.keepers.visits import promises  # noqa: F401 - importing registers
        from kept.promises import keeping, needs

        keeping.register("visits", lambda: (needs.VISITS,))

"""The app of visits. What is counted stands in a file of its own, what may be linked in a table."""

from django.apps import AppConfig


class VisitsConfig(AppConfig):
    """Label `kept_visits`."""

    name = "kept.keepers.visits"
    label = "kept_visits"
    verbose_name = "Visits"
    kept_parts = {"visits": "kept.keepers.visits.server"}

    def ready(self) -> None:
        """Declare what this keeper is able to do."""
        from kept.keepers.retention import also
        from kept.keepers.visits import promises, publishing  # noqa: F401 - `promises` registers
        from kept.promises import keeping, needs

        also.also("visits", publishing.forget_due)
        keeping.register("visits", lambda: (needs.VISITS,))

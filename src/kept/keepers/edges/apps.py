"""The app of edges."""

import atexit

from django.apps import AppConfig


class EdgesConfig(AppConfig):
    """Label `kept_edges`."""

    name = "kept.keepers.edges"
    label = "kept_edges"
    verbose_name = "Edges"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Mask log records as they are made; write counts down after jobs and at the end."""
        from django_tasks.signals import task_finished

        from kept.conf import logs
        from kept.keepers.edges import flows

        logs.install()
        task_finished.connect(_after_job, dispatch_uid="kept.edges")
        atexit.register(flows.write_down_at_end)


def _after_job(**_: object) -> None:
    from kept.keepers.edges import flows

    flows.write_down()

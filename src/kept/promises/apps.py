"""The app of the posted policy. It tells the gate which versions are in force."""

from django.apps import AppConfig


class PromisesConfig(AppConfig):
    """Label `kept_promises`."""

    name = "kept.promises"
    label = "kept_promises"
    verbose_name = "Posted policy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Wire the gate to the posted versions and register the checks."""
        from kept import gate
        from kept.promises import (  # noqa: F401 - importing `checks` and `own` registers
            checks,
            keeping,
            own,
            scheduled,
            versions,
        )
        from kept.promises.needs import GATE, POST

        scheduled.register()
        gate.wire(versions.gate_in_force)
        keeping.register("promises", lambda: (GATE, POST))

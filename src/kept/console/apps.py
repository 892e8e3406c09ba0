"""The app of the operator's pages. It has no models."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """Label `kept_console`."""

    name = "kept.console"
    label = "kept_console"
    verbose_name = "Console"

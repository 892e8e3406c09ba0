"""Label `crowd`."""

from django.apps import AppConfig


class CrowdConfig(AppConfig):
    """The host's app."""

    name = "tests.vault.crowd"
    label = "crowd"

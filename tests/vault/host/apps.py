"""A small host app whose models have every kind of sealed field."""

from django.apps import AppConfig


class HostConfig(AppConfig):
    name = "tests.vault.host"
    label = "vaulttests"
    default_auto_field = "django.db.models.BigAutoField"

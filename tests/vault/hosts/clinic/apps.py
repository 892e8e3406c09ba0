"""A clinic's own users, on `AbstractSealedUser`."""

from django.apps import AppConfig


class ClinicConfig(AppConfig):
    name = "tests.vault.hosts.clinic"
    label = "clinic"
    default_auto_field = "django.db.models.BigAutoField"

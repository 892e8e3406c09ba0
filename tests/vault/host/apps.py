"""A small host app whose models have every kind of sealed field."""

from django.apps import AppConfig


class HostConfig(AppConfig):
    name = "tests.vault.host"
    label = "vaulttests"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare what is somebody else's."""
        from kept import vault

        vault.hold(
            "vaulttests.Author", found_by="email", collect="inquiry",
            fields={"email": "contact.email", "name": "identity.name"},
        )  # fmt: skip
        vault.hold(
            "vaulttests.Comment", link="author", collect="inquiry",
            fields={"message": "communication.message"},
        )  # fmt: skip

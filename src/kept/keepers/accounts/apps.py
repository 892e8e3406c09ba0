"""The app of accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Label `kept_accounts`."""

    name = "kept.keepers.accounts"
    label = "kept_accounts"
    verbose_name = "Accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the pages of an account."""
        from kept.keepers.accounts import pages  # noqa: F401 - registers the pages of an account

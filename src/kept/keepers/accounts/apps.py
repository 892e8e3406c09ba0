"""The app of accounts."""

from datetime import timedelta

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Label `kept_accounts`."""

    name = "kept.keepers.accounts"
    label = "kept_accounts"
    verbose_name = "Accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the pages of an account, its rows with events, and the sweep of what is over."""
        from kept import schedule
        from kept.keepers.accounts import (  # noqa: F401 - importing `pages` registers them
            pages,
            recorded,
            sweeping,
        )

        recorded.register()
        schedule.register(
            "accounts.sweep",
            timedelta(hours=1),
            lambda: f"{sweeping.sweep()} removed",
            says="Removes sessions, links and counts of attempts that are over.",
        )

"""The app of rights."""

from datetime import timedelta

from django.apps import AppConfig


class RightsConfig(AppConfig):
    """Label `kept_rights`."""

    name = "kept.keepers.rights"
    label = "kept_rights"
    verbose_name = "Requests about one's own data"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say what can be carried out, add the account's page, have the clock look after it."""
        from kept import schedule
        from kept.keepers.accounts import pages
        from kept.keepers.retention import also
        from kept.keepers.rights import (  # noqa: F401 - importing `jobs` names them
            jobs,
            listing,
            recorded,
            sweeping,
        )
        from kept.keepers.rights.promises import SWEEP, abilities
        from kept.promises import keeping

        recorded.register()
        keeping.register("rights", abilities)
        also.spare("requests", listing.needed)
        pages.register(pages.AccountPage("account-data:data", "Your data", 45))
        pages.register(pages.AccountPage("account-data:record", "What was recorded", 46))
        schedule.register(
            SWEEP,
            timedelta(minutes=5),
            sweeping.sweep,
            says="Takes up requests about personal data that wait, and ends those that are over.",
        )

"""The app of notices."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Label `kept_notices`."""

    name = "kept.keepers.notices"
    label = "kept_notices"
    verbose_name = "Notices of policy changes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say what the keeper can do, mail by the clock, offer the page of the account."""
        from kept.keepers.accounts import pages
        from kept.keepers.notices import jobs, recorded
        from kept.keepers.notices.promises import abilities
        from kept.promises import keeping

        keeping.register("notices", abilities)
        jobs.register()
        recorded.register()
        pages.register(pages.AccountPage("kept_notices:policy", "The privacy policy", 47))

"""The app; its entry point installs it."""

from django.apps import AppConfig


class GuestbookConfig(AppConfig):
    """Label `kept_guestbook`."""

    name = "kept_guestbook"
    label = "kept_guestbook"
    verbose_name = "Guest book"

    def ready(self) -> None:
        """Declare what this keeper is able to do; importing `promises` registers its check."""
        from kept.promises import keeping
        from kept_guestbook import promises

        keeping.register("guestbook", lambda: (promises.ABILITY,))

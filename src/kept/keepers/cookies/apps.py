"""The app of cookies and response headers."""

from django.apps import AppConfig


class CookiesConfig(AppConfig):
    """Label `kept_cookies`."""

    name = "kept.keepers.cookies"
    label = "kept_cookies"
    verbose_name = "Cookies"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare what this keeper is able to do."""
        from kept.keepers.cookies import checks, promises  # noqa: F401 - importing registers
        from kept.promises import keeping, needs

        keeping.register("cookies", lambda: (needs.COOKIES, *promises.SIGNALS))

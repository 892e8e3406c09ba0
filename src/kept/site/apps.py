"""The site's Django app: label `kept_site`, first among the apps so that its templates win."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Pages, theme and the moderated testimonials."""

    name = "kept.site"
    label = "kept_site"
    verbose_name = "Site"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hand the testimonials to whoever moderates; say which events they have."""
        from kept.keepers.forms import moderation
        from kept.site import recorded
        from kept.site.testimonials import MODERATED

        moderation.register(MODERATED)
        recorded.register()

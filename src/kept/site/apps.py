"""The site's Django app: label `kept_site`, first among the apps so that its templates win."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Pages, theme and the moderated testimonials."""

    name = "kept.site"
    label = "kept_site"
    verbose_name = "Site"
    default_auto_field = "django.db.models.BigAutoField"

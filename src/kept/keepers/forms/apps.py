"""The app of collection points."""

from django.apps import AppConfig


class FormsConfig(AppConfig):
    """Label `kept_forms`."""

    name = "kept.keepers.forms"
    label = "kept_forms"
    verbose_name = "Collection points"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare what this keeper is able to do."""
        from kept.keepers.forms import recorded
        from kept.keepers.forms.promises import abilities
        from kept.promises import keeping

        keeping.register("forms", abilities)
        recorded.register()

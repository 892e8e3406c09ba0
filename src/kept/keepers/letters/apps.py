"""The app of mail in."""

from django.apps import AppConfig


class LettersConfig(AppConfig):
    """Label `kept_letters`."""

    name = "kept.keepers.letters"
    label = "kept_letters"
    verbose_name = "Mail in"
    default_auto_field = "django.db.models.BigAutoField"

    @property
    def kept_parts(self) -> dict[str, str]:
        """What is run beside the site: the door for mail, where the settings open one."""
        from kept.keepers.letters.listening import listening

        return {} if listening() is None else {"mail in": "kept.keepers.letters.server"}

    def ready(self) -> None:
        """Declare what this keeper is able to do; register its checks."""
        from kept.keepers.letters import checks, recorded  # noqa: F401 - importing registers
        from kept.keepers.letters.promises import abilities
        from kept.promises import keeping

        keeping.register("letters", abilities)
        recorded.register()

"""The app of mailings."""

from typing import Any

from django.apps import AppConfig


class MailingsConfig(AppConfig):
    """Label `kept_mailings`."""

    name = "kept.keepers.mailings"
    label = "kept_mailings"
    verbose_name = "Mailings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer the choices in an account; follow an account's address and the end of consents."""
        from kept.keepers.accounts import choices, moving
        from kept.keepers.consent import flows as consent
        from kept.keepers.mailings import flows

        consent.on_withdrawal(flows.withdrawn)
        choices.offer(choices.Offer(flows.POINT, flows.give, flows.stop))
        moving.moved.connect(_moved, dispatch_uid="kept.mailings")


def _moved(*, subject: Any, address: str, **_: Any) -> None:
    from kept.keepers.mailings import flows

    flows.moved(subject, address)

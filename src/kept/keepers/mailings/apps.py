"""The app of mailings."""

from datetime import timedelta
from typing import Any

from django.apps import AppConfig


class MailingsConfig(AppConfig):
    """Label `kept_mailings`."""

    name = "kept.keepers.mailings"
    label = "kept_mailings"
    verbose_name = "Mailings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer choices in an account; follow addresses and the end of consents; ask holders."""
        from kept import schedule
        from kept.keepers.accounts import choices, moving
        from kept.keepers.consent import confirming
        from kept.keepers.consent import flows as consent
        from kept.keepers.mailings import asking, flows, jobs, recorded

        recorded.register()
        confirming.wire(jobs.ask)
        schedule.register(
            "mailings.sweep",
            timedelta(hours=1),
            asking.sweep,
            says="Removes what was ticked for addresses whose holders did not confirm it.",
        )
        consent.on_withdrawal(flows.withdrawn)
        choices.offer(choices.Offer(flows.POINT, flows.give, flows.stop))
        moving.moved.connect(_moved, dispatch_uid="kept.mailings")


def _moved(*, subject: Any, address: str, **_: Any) -> None:
    from kept.keepers.mailings import flows

    flows.moved(subject, address)

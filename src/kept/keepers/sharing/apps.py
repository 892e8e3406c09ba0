"""The app of everything that leaves."""

from datetime import timedelta

from django.apps import AppConfig


class SharingConfig(AppConfig):
    """Label `kept_sharing`."""

    name = "kept.keepers.sharing"
    label = "kept_sharing"
    verbose_name = "Sharing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks; guard what leaves this process."""
        from kept.conf import outbound
        from kept.keepers.sharing import checks, hosts  # noqa: F401 - importing registers checks

        outbound.wire(hosts.of_policy_in_force)
        outbound.install()
        _register()


def _register() -> None:
    """Declare what this keeper is able to do, and what it does by the clock."""
    from kept import schedule, vault
    from kept.keepers.sharing import mailbox, promises, recorded  # noqa: F401 - checks
    from kept.promises import keeping, needs

    recorded.register()
    keeping.register("sharing", lambda: (needs.SHARE, needs.DISCLOSE))
    vault.hold_files("mailbox", count=mailbox.count, purge=mailbox.purge)
    schedule.register(
        "sharing.resume",
        timedelta(minutes=5),
        _resume,
        says="Queues again what a crash left on its way out.",
    )
    schedule.register(
        "sharing.tell",
        timedelta(hours=1),
        _tell,
        says="Writes to people whose data left on an occasion outside the ordinary.",
    )


def _resume() -> str:
    from kept.keepers.sharing import flows, mailbox

    return f"{flows.resume()} queued again, {mailbox.sweep()} mails of erased people removed"


def _tell() -> str:
    from kept.keepers.sharing.flows import disclosing

    return f"{disclosing.tell_people()} people written to"

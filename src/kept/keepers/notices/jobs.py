"""The job that mails notices, every few minutes while there is one to mail."""

from datetime import timedelta

from kept import schedule


def register() -> None:
    """Register it; once, when the apps are ready."""
    schedule.register(
        "notices.send", timedelta(minutes=5), send,
        says="Mails the notice of a new policy version to everybody with an account.",
    )  # fmt: skip


def send() -> str:
    """Queue what waits; how many mails."""
    from kept.keepers.notices import sending

    return f"{sum(sending.send(version) for version in sending.waiting())} mails"

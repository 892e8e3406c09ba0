"""The whole record checked by the clock, every night, while the site serves."""

from datetime import time, timedelta

from kept import schedule
from kept._kit.errors import KeptError
from kept.ledger import checking, figures
from kept.ledger.errors import NOT_AS_RECORDED


def register() -> None:
    """Register the job; once, when the apps are ready."""
    schedule.register(
        "record.verify", timedelta(days=1), verify, at=time(5),
        says="Checks the whole record, and rows against their events.",
    )  # fmt: skip


def verify() -> str:
    """Check everything and keep what was found. Raises `KeptError` L033 where it is not as it was.

    What is found stays for the console until a later whole check finds nothing.
    """
    report = checking.whole()
    figures.note(report, whole=True)
    if report.findings:
        first = report.findings[0]
        raise KeptError(NOT_AS_RECORDED, f"`{len(report.findings)}` findings, the first: {first}")
    return ", ".join(f"{count} {what}" for what, count in sorted(report.checked.items()))

"""The policy is posted, and dated (UI-01, SC-01, SC-46)."""

import calendar
from collections.abc import Iterator
from datetime import date

from kept.audit.evidence import Evidence, PageSeen
from kept.audit.findings import Finding
from kept.policy import Policy


def inspect(policy: Policy, evidence: Evidence) -> Iterator[Finding]:
    """No page, or a page without one of the dates that the policy gives."""
    page = evidence.policy_page
    if page is None:
        says = "No link on the pages leads to a privacy policy."
        yield Finding("policy-page-missing", evidence.landed, "policy.agreement", says)
        return
    meta = policy.meta
    for what, day in (("effective", meta.effective), ("updated", meta.updated)):
        if day is not None and not _shows(page, day):
            says = f"The policy page does not show the day `{what}`, {day.isoformat()}."
            yield Finding("policy-page-undated", what, "policy.agreement", says, (), (page.url,))


def _shows(page: PageSeen, day: date) -> bool:
    text = " ".join(page.text.split()).lower()
    return any(one.startswith(day.isoformat()) for one in page.dates) or any(
        spelled in text for spelled in _spellings(day)
    )


def _spellings(day: date) -> Iterator[str]:
    """The day as people write it, in lower case."""
    month, year = day.month, day.year
    yield day.isoformat()
    for name in (calendar.month_name[month].lower(), calendar.month_abbr[month].lower()):
        for number in (str(day.day), f"{day.day:02}"):
            yield f"{name} {number}, {year}"
            yield f"{name} {number} {year}"
            yield f"{number} {name} {year}"
    yield f"{day.day:02}.{month:02}.{year}"
    yield f"{day.day}.{month}.{year}"
    yield f"{day.day:02}/{month:02}/{year}"
    yield f"{month}/{day.day}/{year}"
    yield f"{month:02}/{day.day:02}/{year}"

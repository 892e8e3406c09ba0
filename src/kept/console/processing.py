"""The record of processing activities, generated from the policy in force (GDPR Art. 30(1)).

Rules: one row per activity (a collection point and what it is used for); every column is a clause,
so the record cannot say anything that the software does not do.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from kept import promises
from kept.console.datamap import collected, data_map, purposes_of, recipients_of
from kept.console.pages import ConsolePage
from kept.policy import Policy, category
from kept.policy.prose import kept_for


@dataclass(frozen=True, slots=True)
class Activity:
    """One row."""

    clause: str
    says: str
    categories: tuple[str, ...]
    uses: tuple[tuple[str, str], ...]
    """(what for, on which basis)."""
    recipients: tuple[tuple[str, str], ...]
    """(who, where)."""
    keep: str
    """Time limit for erasure."""


def activities(policy: Policy) -> Iterator[Activity]:
    """Every activity of `policy`."""
    for clause, keys in collected(policy).items():
        point = policy.collect.get(clause.removeprefix("collect."))
        kept = point or policy.visits
        if kept is None:
            continue
        yield Activity(
            clause=clause,
            says=point.says if point else "look at our pages",
            categories=tuple(category(key).label for key in keys),
            uses=tuple(
                (policy.purposes[id].says, policy.purposes[id].basis.replace("-", " "))
                for id in purposes_of(policy, clause)
            ),
            recipients=tuple(
                (policy.recipients[id].says or id, policy.recipients[id].place or "")
                for id in recipients_of(policy, clause)
            ),
            keep=kept_for(kept.keep),
        )


_HEADS = ("Clause", "Activity", "Data", "Used to (basis)", "Given to", "Kept")


def as_csv(policy: Policy) -> str:
    """The record as a table (RFC 4180): first who is responsible and how data is looked after."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(("Controller", policy.meta.site))
    for contact in policy.contacts.values():
        writer.writerow((contact.says, contact.email or contact.post))
    writer.writerow(("Policy", policy.meta.version, str(policy.meta.effective)))
    if policy.meta.places:
        writer.writerow(("Kept and processed in", ", ".join(policy.meta.places)))
    for one in policy.safeguards.values():
        writer.writerow(("Looked after", one.says))
    writer.writerow(())
    writer.writerow(_HEADS)
    writer.writerows(_line(one) for one in activities(policy))
    return text.getvalue()


def _line(one: Activity) -> tuple[str, ...]:
    return (
        one.clause,
        f"People {one.says}",
        "; ".join(one.categories),
        "; ".join(f"{says} ({basis})" for says, basis in one.uses),
        "; ".join(f"{who} ({where})" if where else who for who, where in one.recipients)
        or "nobody",
        one.keep,
    )


class Record(ConsolePage):
    """`/console/data/record.csv`: the record of processing, to hand to an authority."""

    place = "data"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The file."""
        policy = promises.current().policy
        answer = HttpResponse(as_csv(policy), content_type="text/csv; charset=utf-8")
        name = f"record-of-processing-{policy.meta.version}.csv"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer


class DataMapPage(ConsolePage):
    """`/console/data/`: the map, and the record of processing beneath it."""

    place = "data"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        posted = promises.current()
        return self.show(
            "data.html",
            map=data_map(posted.policy),
            activities=list(activities(posted.policy)),
            policy=posted.policy,
            posted=posted,
        )

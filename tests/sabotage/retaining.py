"""Breakages of what goes in time, and of what people agreed to."""

from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction

from kept import ledger
from kept.keepers.forms.models import Submission
from kept.keepers.notices.models import Agreement, Shown
from kept.vault.models import Subject
from tests.sabotage.case import sabotage


@sabotage(
    "collect.inquiry",
    "requests were left out of the sweep for years",
    like="Blackbaud 2024, Discord 2022: an own retention rule, never enforced",
)
def kept_too_long(site: Any) -> Iterator[None]:
    row = Submission.objects.filter(point="inquiry")[0]
    _set_since(row, "2016-05-01")
    yield
    _set_since(row, row.since.isoformat())


def _set_since(row: Submission, day: str) -> None:
    id = Submission._meta.pk.get_db_prep_value(row.pk, connection)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {Submission._meta.db_table} SET since = %s WHERE id = %s", [day, id]
        )


@sabotage(
    "policy.agreement",
    "a script set everybody's agreement to the newest version",
    like="Gateway Learning 2004: the policy rewritten, then applied to what was there",
)
def agreed_for_them(site: Any) -> Iterator[None]:
    Subject.objects.filter(state="active").update(agreed=0)
    yield
    Subject.objects.update(agreed=None)


@sabotage("policy.agreement", "use was counted as agreeing to what nobody was shown")
def never_shown(site: Any) -> Iterator[None]:
    someone = Subject.objects.filter(state="active")[0]
    with transaction.atomic():
        row = Agreement.objects.create(
            subject=someone, version=0, way="continued-use", earlier=False
        )
        ledger.record(ledger.Agreed(version=0, way="continued-use", row=row.pk), someone.pk)
    yield
    Shown.objects.create(subject=someone, version=0)  # what is on record stays: a note was missing

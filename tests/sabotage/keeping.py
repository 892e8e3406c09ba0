"""Breakages of what is kept: erasures, keys, backups, the record, what stands posted."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db import connection

from kept import vault
from kept._kit import clock
from kept.conf import settings
from kept.keepers.accounts.access import StaffOnly
from kept.keepers.forms.models import Submission
from kept.policy import prose
from kept.promises import views
from kept.promises.models import PolicyVersion
from kept.vault.backups import places
from kept.vault.models import Erasure, Subject
from tests.sabotage.case import patched, sabotage


@sabotage(
    "erasure",
    "an erasure was decided and then forgotten",
    like="Everalbum 2021, Ashley Madison 2016: deleted on request, and kept",
)
def half_erased(site: Any) -> Iterator[None]:
    row = Erasure.objects.create(
        subject=Subject.objects.all()[0].pk, decided=clock.today() - timedelta(days=4)
    )
    yield
    row.delete()


@sabotage(
    "backups",
    "a copy was left lying for a year",
    like="Blackbaud 2024: kept for years beyond the own rule",
)
def old_copy(site: Any) -> Iterator[None]:
    made, year = places.made, timedelta(days=365)
    newest = places.newest(settings().backups, "data")
    twin = newest.with_name(newest.name + "-twin")
    shutil.copytree(newest, twin)
    with patched(places, "made", lambda at: made(at) - (year if at == twin else timedelta())):
        yield
    shutil.rmtree(twin)


@sabotage("safeguards.care", "the backups were deleted to make room")
def backups_gone(site: Any) -> Iterator[None]:
    root = settings().backups
    aside = root.with_name("aside")
    root.rename(aside)
    yield
    shutil.rmtree(root, ignore_errors=True)
    aside.rename(root)


@sabotage("safeguards.care", "the console was opened to everybody by mistake")
def open_console(site: Any) -> Iterator[None]:
    def lets_in(self: Any, request: Any, *args: Any, **named: Any) -> Any:
        return super(StaffOnly, self).dispatch(request, *args, **named)

    with patched(StaffOnly, "dispatch", lets_in):
        yield


@sabotage(
    "safeguards.sealed", "a script wrote text past the envelope", like="Blackbaud 2024: in clear"
)
def written_in_clear(site: Any) -> Iterator[None]:
    table, row = Submission._meta.db_table, Submission.objects.all()[0]
    before = bytes(Submission.objects.filter(pk=row.pk).values_list("sealed", flat=True)[0])
    id = Submission._meta.pk.get_db_prep_value(row.pk, connection)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET sealed = %s WHERE id = %s", [b"ada@example.org", id])
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET sealed = %s WHERE id = %s", [before, id])


@sabotage("safeguards.sealed", "the master key was not replaced when it was due")
def old_master(site: Any) -> Iterator[None]:
    with patched(vault.key_store().__class__, "master", lambda _self: (1, _days_ago(20))):
        yield


def _days_ago(days: int) -> Any:
    return clock.today() - timedelta(days=days)


@sabotage("policy.agreement", "a posted version was edited by SQL", like="Gateway Learning 2004")
def posted_edited(site: Any) -> Iterator[None]:
    row = PolicyVersion.objects.all()[0]
    PolicyVersion.objects.filter(pk=row.pk).update(text=row.text + "\n# and more\n")
    yield
    PolicyVersion.objects.filter(pk=row.pk).update(text=row.text)


def _unsaid(id: str) -> Iterator[None]:
    """The page was changed and says everything but one sentence."""
    document = views._document

    def shorter(*args: Any) -> prose.Document:
        whole = document(*args)
        sections = tuple(
            replace(one, sentences=tuple(s for s in one.sentences if s.id != id))
            for one in whole.sections
        )
        return replace(whole, sections=sections)

    with patched(views, "_document", shorter):
        yield


@sabotage("contacts.support", "the page no longer says where to write")
def support_unsaid(site: Any) -> Iterator[None]:
    yield from _unsaid("contacts.support")


@sabotage("contacts.info", "the page no longer says where to write")
def info_unsaid(site: Any) -> Iterator[None]:
    yield from _unsaid("contacts.info")


@sabotage("policy.places", "the page no longer says where data is kept")
def places_unsaid(site: Any) -> Iterator[None]:
    yield from _unsaid("policy.places")


@sabotage("safeguards.limits", "the page no longer says that nothing is perfect")
def limits_unsaid(site: Any) -> Iterator[None]:
    yield from _unsaid("safeguards.limits")

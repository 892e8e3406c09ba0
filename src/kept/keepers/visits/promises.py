"""How visits are proven: what is stored is held against the clause and against the ban on linking.

Rules (UI-04, UI-05): only the clause's pages are there, nothing older than its keep; an address
stands only in company of at least fifty; no table outside the visits' own file has a place for one.
"""

from datetime import UTC, date, datetime, timedelta

from django.apps import apps
from django.db import models

from kept._kit import clock
from kept.keepers.visits import pages, store
from kept.keepers.visits.batches import DISTINCT
from kept.keepers.visits.publishing import first_kept
from kept.promises import history
from kept.promises.evidence import Evidence, Figures, broken, kept
from kept.promises.needs import VISITS
from kept.promises.promise import Promise
from kept.promises.proving import check

_SWEPT_WITHIN = timedelta(days=2)
"""What is due goes the night after; until then it is not late."""


@check(VISITS)
def stored_as_the_clause_says(promise: Promise, _carried: Figures) -> Evidence | None:
    """Stored visits are of the clause's pages and not older than its keep."""
    clause = promise.policy.visits
    if promise.section != "visits" or clause is None:
        return None
    oldest, seen, views = _stored()
    figures = {"views": views, "pages": len(seen)}
    strange = [one for one in seen if not _declared(one)]
    if strange:
        return broken(f"{len(strange)} recorded pages are none of the clause's", figures)
    period = clause.keep.period
    if oldest and period and oldest < first_kept(period, clock.today()) - _SWEPT_WITHIN:
        return broken("visits are there that should have been deleted", figures)
    return kept("what is stored is of the clause's pages and not too old", figures)


@check(VISITS)
def addresses_are_in_company(promise: Promise, _carried: Figures) -> Evidence | None:
    """Each batch that has addresses has enough of them, and no other table can hold one."""
    if promise.section != "never":
        return None
    with store.connected() as open_:
        batches, alone = open_.execute(
            "SELECT count(*), coalesce(sum(n < ?), 0) FROM"
            " (SELECT count(*) AS n FROM address GROUP BY batch)",
            (DISTINCT,),
        ).fetchone()
    figures = {"batches with addresses": batches, "too small": alone}
    if alone:
        return broken(f"{alone} batches have addresses of fewer than {DISTINCT} visitors", figures)
    places = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.GenericIPAddressField)
    ]
    if places:
        return broken(f"`{places[0]}` has a place for addresses beside other data", figures)
    return kept("addresses stand only among many, and beside nothing else", figures)


def _stored() -> tuple[date | None, list[str], int]:
    """The day of the oldest batch (UTC), the pages that are there, and how many views."""
    with store.connected() as open_:
        oldest = open_.execute("SELECT min(closed) FROM batch").fetchone()[0]
        rows = open_.execute("SELECT page, sum(views) FROM page GROUP BY page").fetchall()
    day = None if oldest is None else datetime.fromtimestamp(oldest, UTC).date()
    return day, [page for page, _views in rows], sum(views for _page, views in rows)


def _declared(page: str) -> bool:
    """Whether any posted version recorded that page: an earlier one may have."""
    return any(pages.page_of(page, one.policy.visits) for one in history())

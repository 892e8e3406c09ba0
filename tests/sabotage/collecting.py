"""Breakages of what comes in: rows without consent, edited notices, pages, visits, cookies."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.http import HttpResponse

from kept import ledger, vault
from kept._kit import clock
from kept.keepers.accounts.models import Profile
from kept.keepers.consent.models import ShownText
from kept.keepers.forms.models import Submission
from kept.keepers.forms.views import CollectView
from kept.keepers.visits import store
from kept.site import testimonials
from kept.site.models import Testimonial
from kept.vault.models import Subject
from tests.sabotage import life
from tests.sabotage.case import patched, sabotage


@sabotage("collect", "the text that people were shown was edited afterwards")
def text_edited(site: Any) -> Iterator[None]:
    row = ShownText.objects.all()[0]
    ShownText.objects.filter(pk=row.pk).update(text=row.text + " And for other things.")
    yield
    ShownText.objects.filter(pk=row.pk).update(text=row.text)


def _imported(model: Any, point: str) -> Iterator[None]:
    """A new row of somebody who never agreed to anything, put in by a script, and recorded."""
    stranger, new = Subject.objects.create(collected=0), uuid4()
    table, key = model._meta.db_table, model._meta.pk
    id = key.get_db_prep_value(new, connection)
    others = [
        field.column
        for field in model._meta.concrete_fields
        if field.column not in (key.column, "subject_id")
    ]
    person = key.get_db_prep_value(stranger.pk, connection)
    names = ", ".join((key.column, "subject_id", *others))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names})"
            f" SELECT %s, %s, {', '.join(others)} FROM {table}"
            " WHERE state IN ('new', 'waiting') LIMIT 1",
            [id, person],
        )
    with transaction.atomic():
        ledger.record(ledger.Collected(point, 0, (), row=new), stranger.pk)
    yield
    vault.erase(stranger.pk)


@sabotage(
    "collect.inquiry",
    "a bought list was imported as if people had asked",
    like="Gateway Learning 2004",
)
def inquiries_imported(site: Any) -> Iterator[None]:
    yield from _imported(Submission, "inquiry")


@sabotage("collect.testimonial", "words of people who never wrote them were put in")
def testimonials_imported(site: Any) -> Iterator[None]:
    yield from _imported(Testimonial, "testimonial")


@sabotage("collect.preferences", "preferences were guessed and put into people's profiles")
def preferences_guessed(site: Any) -> Iterator[None]:
    stranger, new = Subject.objects.create(collected=0), uuid4()
    today = clock.today()
    columns = {
        "id": new, "subject_id": stranger.pk, "point": "preferences", "collected": 0,
        "since": today, "changed": today, "revision": 0, "sealed": b"",
    }  # fmt: skip
    fields = {field.column: field for field in Profile._meta.concrete_fields}
    values = [
        value if name == "sealed" else fields[name].get_db_prep_value(value, connection)
        for name, value in columns.items()
    ]
    marks = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Profile._meta.db_table} ({', '.join(columns)}) VALUES ({marks})", values
        )
    with transaction.atomic():
        ledger.record(ledger.Collected("preferences", 0, (), row=new), stranger.pk)
    yield
    vault.erase(stranger.pk)


def _notice_lost(point: str) -> Iterator[None]:
    show = CollectView.show

    def bare(self: CollectView, *args: Any, **named: Any) -> HttpResponse:
        page = show(self, *args, **named)
        if self.point_id() == point:
            page.content = page.content.replace(f"collect.{point}".encode(), b"")
        return page

    with patched(CollectView, "show", bare):
        yield


@sabotage("collect.news", "the page lost its notice when its template was changed")
def news_without_notice(site: Any) -> Iterator[None]:
    yield from _notice_lost("news")


@sabotage("collect.account", "the page lost its notice when its template was changed")
def account_without_notice(site: Any) -> Iterator[None]:
    yield from _notice_lost("account")


@sabotage("collect.request", "the page lost its notice when its template was changed")
def request_without_notice(site: Any) -> Iterator[None]:
    yield from _notice_lost("request")


@sabotage("recipients.public", "the page shows what waits for approval as well")
def unapproved_shown(site: Any) -> Iterator[None]:
    rows = testimonials.rows
    with patched(testimonials, "rows", lambda _state: rows("published") | rows("waiting")):
        yield


@sabotage(
    "visits",
    "pages that the clause does not name were recorded",
    like="a path alone betrays who sent a form",
)
def other_pages_recorded(site: Any) -> Iterator[None]:
    life.visited({f"198.51.100.{number}" for number in range(60)}, "/account/")
    yield
    _forget_last()


@sabotage(
    "never.ip-link",
    "addresses of three visitors were stored by themselves",
    like="IPVanish, PureVPN: addresses beside identity",
)
def few_addresses(site: Any) -> Iterator[None]:
    life.visited({"198.51.100.1", "198.51.100.2", "198.51.100.3"})
    yield
    _forget_last()


def _forget_last() -> None:
    with store.connected() as open_:
        open_.execute("DELETE FROM batch WHERE id = (SELECT max(id) FROM batch)")


def _tracker(name: str) -> Any:
    """A middleware outside our guard that sets a cookie on every page."""

    def middleware(get_response: Any) -> Any:
        def answer(request: Any) -> HttpResponse:
            page = get_response(request)
            page.set_cookie(name, "id", max_age=10 * 365 * 86_400, httponly=True, samesite="Lax")
            return page

        return answer

    return middleware


ad_tracker = _tracker("_ads")
long_session = _tracker("sessionid")
long_csrf = _tracker("csrftoken")


def _outermost(site: Any, name: str) -> Iterator[None]:
    before = list(site.settings.MIDDLEWARE)
    site.settings.MIDDLEWARE = [f"{__name__}.{name}", *before]
    yield
    site.settings.MIDDLEWARE = before


@sabotage(
    "cookies",
    "an advertiser's middleware was added in front of everything",
    like="Healthline 2025: advertising cookies after an opt-out",
)
def ads(site: Any) -> Iterator[None]:
    yield from _outermost(site, "ad_tracker")


@sabotage(
    "cookies.sessionid",
    "logins were made to last ten years",
    like="Chitika 2011: a cookie with another life than promised",
)
def ten_year_session(site: Any) -> Iterator[None]:
    yield from _outermost(site, "long_session")


@sabotage("cookies.csrftoken", "the token of forms was made to last ten years")
def ten_year_csrf(site: Any) -> Iterator[None]:
    yield from _outermost(site, "long_csrf")

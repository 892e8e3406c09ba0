"""B3: a page with 50 comments by 50 people, three sealed values each, choices and agreements mixed.

Against the same page and template over the same rows in clear, without our middleware. Two policy
versions, four mixtures of consent and agreement; of every tenth person the page withholds all,
which the clear rows say in words. Through Django's handler, from request to response. Two pages: an
ordinary one (`ordinary.py` says what it has), and a bare one with next to nothing around the rows,
where every microsecond of ours shows.
"""

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from time import perf_counter, process_time
from typing import Any

from benchmarks import people, world
from benchmarks.measure import Arm, race
from benchmarks.table import Row

COMMENTS = 50
_SHOWN = ("name", "message", "reply")
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title>
<link rel="stylesheet" href="/static/site.css"></head><body>
<header><a href="/">{{ title }}</a><nav><ul>{% for word in menu %}
<li><a href="/{{ word|lower }}/">{{ word }}</a></li>{% endfor %}</ul></nav></header>
<main><h1>{{ title }}</h1><p>{{ comments|length }} comment{{ comments|length|pluralize }}</p>
{% for row in comments %}<article id="c{{ row.pk }}" class="{% cycle 'odd' 'even' %}">
<h2>{{ row.name }}</h2><p class="when"><time datetime="{{ row.since|date:'c' }}">
{{ row.since|date:"j F Y" }}</time></p>{{ row.message|linebreaks }}
{% if forloop.counter|divisibleby:2 %}<hr>{% endif %}<blockquote>{{ row.reply }}</blockquote>
<p><a href="/comments/{{ row.pk }}/reply/">Reply</a> <a href="/comments/{{ row.pk }}/report/">
Report</a></p></article>{% empty %}<p>No comments.</p>{% endfor %}</main>
<footer>{% now "Y" %} {{ title }}</footer></body></html>"""

urlpatterns: list[Any] = []


def run() -> list[Row]:
    """One row per engine: time, and the queries more."""
    return world.on_engines("benchmarks.page")


def measure() -> Iterator[Row]:
    """Build the page, compare what both arms show, race them."""
    from benchmarks import ordinary
    from kept import promises

    made = readers()
    promises.adopt()  # our middleware asks what the site's posted policy says
    yield from _race("an ordinary page", ordinary.server, made)
    yield from _race("a bare page", server, made)


def _race(said: str, build: Any, made: Any) -> Iterator[Row]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ways = {
        "clear": build("clear", made["clear"]),
        "sealed": build("sealed", made["sealed"], "answer-inquiry"),
    }
    shown = {name: serve() for name, serve in ways.items()}
    same = _words(shown["sealed"]) == _words(shown["clear"])
    if not same or shown["clear"].count(' id="c') != COMMENTS:
        raise ValueError("the pages do not show the same")
    more = []
    for serve in ways.values():
        with CaptureQueriesContext(connection) as queries:
            serve()
        more.append(len(queries))
    arms = [Arm(name, lambda serve=serve: bool(serve()), 5) for name, serve in ways.items()]
    # A server's work counts for neither in CPU time of this process; there the wall is looked at.
    clock, by = (process_time, "CPU") if connection.vendor == "sqlite" else (perf_counter, "wall")
    times = race(arms, {"sealed": "clear"}, narrow=0.01, clock=clock)
    middle, low, high = times.ratio("sealed", "clear")
    spent = times.median("sealed") * 1e3
    work = f"{said} of {COMMENTS} comments, {connection.vendor} ({spent:.2f} ms, {by})"
    yield Row("B3", work, "times", middle, 1.05, low, high)
    # The keys are in a store of their own: one question there, whatever the number of rows.
    what = f"{said}: queries more, keys included, {connection.vendor}"
    yield Row("B3", what, "", more[1] - more[0] + 1, 2)


def readers(comments: int = COMMENTS) -> dict[str, Callable[[], Any]]:
    """`clear` and `sealed`: the rows of the page. Makes the people."""
    from benchmarks.models import Clear, Letter
    from kept import gate

    consent = gate.in_force().mask(["answer-inquiry"])
    made = people.make(
        [1] * comments, clear=True, agreed=(None, 0, 1, None), consented=[consent] * 9 + [0]
    )
    withheld = [id for number, id in enumerate(made) if number % 10 == 9]
    Clear.objects.filter(subject__in=withheld).update(**dict.fromkeys(_SHOWN, "withheld"))
    return {
        "clear": lambda: Clear.objects.order_by("pk")[:comments],
        "sealed": lambda: Letter.objects.order_by("pk")[:comments],
    }


def server(name: str, rows: Callable[[], Any], purpose: str | None = None) -> Callable[[], str]:
    """What serves the page of `rows` once, from request to text; with `purpose` in its scope."""
    from django.http import HttpRequest, HttpResponse
    from django.template import engines
    from django.urls import path

    from kept.gate import for_purpose

    template = engines["django"].from_string(_PAGE)

    def view(request: HttpRequest) -> HttpResponse:
        told = {"title": "Comments", "menu": ["News", "Shop", "Help"], "comments": rows()}
        return HttpResponse(template.render(told, request))

    middleware = ["django.middleware.common.CommonMiddleware"]
    if purpose is not None:
        view = for_purpose(purpose)(view)
        middleware.append("kept.vault.middleware.PurposeScope")
    urlpatterns.append(path(f"{name}/", view))
    return handled(middleware, f"/{name}/", "benchmarks.page")


def handled(middleware: list[str], address: str, urls: str) -> Callable[[], str]:
    """What asks Django's handler, with this middleware and URLconf, for `address` once."""
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import RequestFactory
    from django.test.utils import override_settings

    with override_settings(MIDDLEWARE=middleware, ROOT_URLCONF=urls):
        handler = WSGIHandler()
    factory = RequestFactory()

    def serve() -> str:
        request = factory.get(address)
        request.urlconf = urls
        return handler.get_response(request).text

    return serve


def _words(page: str) -> str:
    """The page without what differs from one answer to the next, or says which arm it is."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
    page = re.sub(r"/read/(clear|sealed)/", "", page)
    return page.replace('<span class="kept-withheld">withheld</span>', "withheld")


if __name__ == "__main__":
    from tests.vault.policies import TEXT

    # Under its own name, as it is the URLconf, too.
    world.tell(import_module("benchmarks.page").measure, [TEXT])

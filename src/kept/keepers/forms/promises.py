"""What the forms keeper is able to do and how that is proven: publish, collect where a page is.

Rules: a collection point counts as served only where the host's addresses really lead to its page;
nothing is taken from a list; a page that does not show its notice breaks its promise.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.db.models import Q
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from kept import gate, vault
from kept.keepers.forms import moderation
from kept.promises import visiting
from kept.promises.evidence import Evidence, Figures, broken, kept
from kept.promises.needs import PUBLISH, collecting
from kept.promises.promise import Promise
from kept.promises.proving import check, once

AGE: Final = "age"


def abilities() -> frozenset[str]:
    """What the keeper can do in this host."""
    return frozenset({PUBLISH, AGE, *(collecting(one) for one in served(settings.ROOT_URLCONF))})


@lru_cache(maxsize=8)
def served(urlconf: str) -> Mapping[str, str]:
    """The collection points that the addresses of `urlconf` lead to, each with its page's path."""
    return dict(_points(get_resolver(urlconf).url_patterns, "/"))


def _points(patterns: list[URLPattern | URLResolver], under: str) -> Iterator[tuple[str, str]]:
    from kept.keepers.forms.views import CollectView

    for one in patterns:
        path = under + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _points(one.url_patterns, path)
            continue
        view = getattr(one.callback, "view_class", None)
        if isinstance(view, type) and issubclass(view, CollectView):
            yield view().point_id(), _filled(path, view.example)


def _filled(path: str, example: Mapping[str, str]) -> str:
    for name, word in example.items():
        path = re.sub(rf"<(\w+:)?{name}>", word, path)
    return path


@check(collecting(""))
def page_shows_notice(promise: Promise, _carried: Figures) -> Evidence | None:
    """The point's page answers, shows its notice and asks for what the clause requires."""
    path = served(settings.ROOT_URLCONF).get(promise.clause)
    if path is None:
        return None
    page = once(f"page {path}", lambda: visiting.ask(path))
    if page.status_code == HTTPStatus.FOUND:
        return kept("its page opens for those who are signed in only")
    if page.status_code != HTTPStatus.OK:
        return broken(f"its page answers {page.status_code}")
    text = page.content.decode()
    clause = promise.policy.collect[promise.clause]
    asked = [name for name in clause.required if name not in resolve(path).kwargs]
    unasked = [name for name in asked if f'name="{name}"' not in text]
    if unasked:
        return broken(f"its page does not ask for `{unasked[0]}`")
    if promise.id not in text:
        return broken(f"its page has no notice that names `{promise.id}`")
    return kept("its page shows the notice and asks for what the clause says")


@check(PUBLISH)
def public_sees_only_what_was_approved(promise: Promise, _carried: Figures) -> Evidence | None:
    """Whatever stands on a public page was approved, and its author has not withdrawn."""
    if promise.section != "recipients":
        return None
    shown = approved = 0
    for kind in moderation.kinds():
        public = _on_page(visiting.ask(reverse(kind.page)).content.decode())
        allowed = kind.rows(moderation.PUBLISHED).filter(pk__in=public).filter(_willing(kind))
        shown += len(public)
        approved += allowed.count()
    figures = {"shown": shown, "approved and agreed to": approved}
    if shown != approved:
        return broken(f"{shown - approved} are shown that nobody approved or agreed to", figures)
    return kept("all that the public sees was approved and agreed to", figures)


def _on_page(html: str) -> list[str]:
    return re.findall(r'id="published-([0-9a-f-]{36})"', html)


def _willing(kind: moderation.Moderated) -> Q:
    point = gate.in_force().in_force[1].collect[kind.point]
    return vault.permitted(
        kind.purpose,
        category=point.fields[point.shown[0]],
        prefix="subject__",
        collected="collected",
        operation=gate.SHARE,
        collection=kind.point,
        recipient=kind.recipient,
    )


@check(AGE)
def too_young_is_refused(promise: Promise, _carried: Figures) -> Evidence:
    """Somebody known to be younger than the clause says: nothing of theirs may be collected."""
    clause = promise.policy.age
    least = clause.minimum if clause else 0
    requests = [
        gate.Request(gate.COLLECT, category, purpose, id)
        for id, point in promise.policy.collect.items()
        for purpose in point.purposes
        for category in dict.fromkeys(point.fields.values())
    ]
    young = gate.Facts(base=gate.in_force().in_force[0], consented=(1 << 63) - 1, age=least - 1)
    allowed = sum(gate.in_force().decide(one, young).allowed for one in requests)
    figures = {"decisions asked": len(requests), "allowed": allowed}
    if allowed:
        return broken(f"{allowed} kinds of data could be collected from somebody younger", figures)
    return kept("the gate refuses whatever comes from somebody known to be younger", figures)

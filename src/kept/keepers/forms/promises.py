"""What the forms keeper is able to do: publish, and collect at the points that have a page.

Rules: a collection point counts as served only where the host's addresses really lead to its page;
nothing is taken from a list.
"""

from collections.abc import Iterator
from functools import lru_cache

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from kept.promises.needs import PUBLISH, collecting


def abilities() -> frozenset[str]:
    """What the keeper can do in this host."""
    return frozenset({PUBLISH, *(collecting(one) for one in served(settings.ROOT_URLCONF))})


@lru_cache(maxsize=8)
def served(urlconf: str) -> frozenset[str]:
    """The collection points that the addresses of `urlconf` lead to."""
    return frozenset(_points(get_resolver(urlconf).url_patterns))


def _points(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    from kept.keepers.forms.views import CollectView

    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _points(one.url_patterns)
            continue
        view = getattr(one.callback, "view_class", None)
        if isinstance(view, type) and issubclass(view, CollectView):
            yield view().point_id()

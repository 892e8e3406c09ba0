"""Which page views the policy lets the site record: the content routes it names, nothing else.

Rules (UI-04, UI-07): a page is a path on one of `[visits] routes`, without its query; forms,
thank-you pages, accounts and addresses with tokens are recorded only if the policy names them, and
the lint of the language warns about those; a path over 200 characters is no page.
"""

from functools import lru_cache
from typing import Final

from kept import policy

_LONGEST: Final = 200


def page_of(path: str, visits: policy.Visits | None) -> str | None:
    """The page to record for a request's path, or None where the policy names no such route."""
    if visits is None or len(path) > _LONGEST or not _matches(path, visits.routes):
        return None
    return path


@lru_cache(maxsize=4096)
def _matches(path: str, routes: tuple[str, ...]) -> bool:
    return any(_fits(path, route) for route in routes)


def _fits(path: str, route: str) -> bool:
    """A star stands for any rest, so `/products/*` covers everything below `/products/`."""
    if route.endswith("*"):
        return path.startswith(route[:-1])
    return path == route

"""The posted policy as pages: the one in force, its history, every earlier version, its source.

Rules: anyone may read them, without a cookie and without being asked anything (UI-01, SC-46); they
are the same for everyone, so caches may keep them; they are generated from the posted text, never
written beside it.
"""

from functools import cache, lru_cache

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import condition, require_safe

from kept import policy, promises, vault
from kept._kit.digests import digest_of
from kept.promises import keeping, standing, versions


def _etag(request: HttpRequest, ordinal: int | None = None) -> str:
    shown = promises.current().ordinal if ordinal is None else ordinal
    return (
        f'"{promises.current().ordinal}-{shown}-{versions.mark()}-{standing.stamp()}-{_in_clear()}"'
    )


@cache
def _in_clear() -> str:
    """Changes with what stands in clear text, which is declared when the process starts."""
    said = [f"{one.label} {one.level} {one.clear}" for one in vault.below_sealed()]
    return digest_of("\n".join(said))[:8]


@require_safe
@condition(etag_func=_etag)
def policy_page(request: HttpRequest) -> HttpResponse:
    """The policy in force."""
    return _page(request, promises.current())


@require_safe
@condition(etag_func=_etag)
def history_page(request: HttpRequest) -> HttpResponse:
    """Every version, the newest first, with what each changed for whom."""
    rows: list[dict[str, object]] = []
    before: promises.Posted | None = None
    for one in promises.history():
        comparison = policy.compare(before.policy, one.policy) if before else None
        rows.append({"posted": one, "comparison": comparison})
        before = before if one.withdrawn_at else one
    in_force = promises.current()
    context = {"rows": rows[::-1], "current": in_force, "site_name": in_force.policy.meta.site}
    return render(request, "kept/privacy/history.html", context)


@require_safe
@condition(etag_func=_etag)
def version_page(request: HttpRequest, ordinal: int) -> HttpResponse:
    """One version as it was posted."""
    return _page(request, _find(ordinal))


@require_safe
@condition(etag_func=_etag)
def version_source(request: HttpRequest, ordinal: int) -> HttpResponse:
    """The file itself, as posted: what machines and auditors read."""
    text = _find(ordinal).policy.text
    return HttpResponse(text, content_type="application/toml; charset=utf-8")


def _find(ordinal: int) -> promises.Posted:
    posted = promises.posted(ordinal)
    if posted is None:
        raise Http404(f"there is no policy version {ordinal}")
    return posted


@lru_cache(maxsize=32)
def _document(shown: policy.Policy, language: str | None) -> policy.prose.Document:
    """The prose of a version; it does not change while we run."""
    return policy.prose.document(shown)


def _page(request: HttpRequest, shown: promises.Posted) -> HttpResponse:
    in_force = promises.current()
    document = _document(shown.policy, get_language())
    live = promises.standings() if shown.ordinal == in_force.ordinal else ()
    context = {
        "states": {one.promise.id: one for one in live},
        "counts": standing.counts(live),
        "posted": shown,
        "current": in_force,
        "coming": versions.coming(),
        "is_current": shown.ordinal == in_force.ordinal,
        "document": document,
        "unkept": keeping.unkept(shown.policy),
        "sentences": len(document.sentences),
        "site_name": shown.policy.meta.site,
        "in_clear": vault.below_sealed() if shown.ordinal == in_force.ordinal else [],
    }
    return render(request, "kept/privacy/policy.html", context)

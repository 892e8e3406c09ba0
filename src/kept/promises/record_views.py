"""The record in public: the log's key, its newest signed checkpoint, how anyone checks them.

Rules: anyone may read it, without a cookie; it says nothing about anyone; it is the same for
everyone, so caches may keep it for a minute; whoever keeps a checkpoint can prove later that the
log was rolled back or forked.
"""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import condition, require_safe

from kept import ledger, promises, schedule
from kept._kit.digests import digest_of

_MINUTE, _DAY = 60, 86_400
_CHECK = "record.verify"
View = Callable[..., HttpResponse]


def _for(seconds: int) -> Callable[[View], View]:
    """Caches may keep the answer so long."""

    def around(view: View) -> View:
        @wraps(view)
        def kept(request: HttpRequest) -> HttpResponse:
            response = view(request)
            patch_cache_control(response, public=True, max_age=seconds)
            return response

        return kept

    return around


def _etag(_request: HttpRequest) -> str:
    checked = schedule.states()
    last = next((one.succeeded for one in checked if one.name == _CHECK), None)
    said = f"{ledger.public_head()} {last} {promises.current().ordinal}"
    return f'"{digest_of(said)[:32]}"'


@require_safe
@condition(etag_func=_etag)
@_for(_MINUTE)
def record_page(request: HttpRequest) -> HttpResponse:
    """The page for people."""
    checks = [one for one in schedule.states() if one.name == _CHECK]
    context = {
        "head": ledger.public_head(),
        "check": checks[0] if checks else None,
        "site_name": promises.current().policy.meta.site,
    }
    return render(request, "kept/privacy/record.html", context)


@require_safe
@condition(etag_func=_etag)
@_for(_MINUTE)
def checkpoint(_request: HttpRequest) -> HttpResponse:
    """The newest checkpoint (C2SP tlog-checkpoint, a signed note)."""
    return _plain(ledger.public_head().checkpoint)


@require_safe
@_for(_DAY)
def key(_request: HttpRequest) -> HttpResponse:
    """The log's verifier key, `name+id+base64` (C2SP signed-note)."""
    return _plain(ledger.public_head().key + "\n")


def _plain(text: str) -> HttpResponse:
    if not text.strip():
        raise Http404("there is no checkpoint yet")
    return HttpResponse(text, content_type="text/plain; charset=utf-8")

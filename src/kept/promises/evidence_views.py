"""The evidence behind each sentence, for people and for machines, and the policy in others' words.

Rules: figures are about the software, never about a person; the pages are the same for everyone, so
caches may keep them until the next look; nothing here runs a check: a visitor costs no work; why a
promise is broken is told to the operator, not to whoever would use it.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import condition, require_safe

from kept import promises
from kept.policy import Policy, export
from kept.promises import standing
from kept.promises.models import Turn

_TURNS = 50
_FORMS: Mapping[str, tuple[Callable[[Policy], Any], str]] = {
    "dpv.jsonld": (export.dpv, "application/ld+json"),
    "fides.json": (export.fides, "application/json"),
    "policy.json": (export.plain, "application/json"),
}


def proofs_etag(_request: HttpRequest, **_named: object) -> str:
    """Changes with the version in force and with every finding."""
    return f'"{promises.current().ordinal}-{standing.stamp()}"'


@require_safe
@condition(etag_func=proofs_etag)
def evidence_page(request: HttpRequest) -> HttpResponse:
    """Every promise with what its checks looked at, and what turned lately."""
    rows = promises.standings()
    context = {
        "rows": rows,
        "turns": Turn.objects.all()[:_TURNS],
        "counts": standing.counts(rows),
        "site_name": promises.current().policy.meta.site,
    }
    return render(request, "kept/privacy/evidence.html", context)


@require_safe
@condition(etag_func=proofs_etag)
def evidence_json(_request: HttpRequest) -> HttpResponse:
    """The same for machines."""
    rows = [standing.as_json(one, public=True) for one in promises.standings()]
    return JsonResponse({"promises": rows})


@require_safe
def in_other_words(_request: HttpRequest, ordinal: int, form: str) -> HttpResponse:
    """A posted version in the vocabulary of DPV or Fides, or as plain JSON."""
    posted = promises.posted(ordinal)
    if posted is None or form not in _FORMS:
        raise Http404(f"there is no `{form}` of version {ordinal}")
    write, kind = _FORMS[form]
    text = json.dumps(write(posted.policy), indent=2, ensure_ascii=False)
    return HttpResponse(text, content_type=f"{kind}; charset=utf-8")

"""The page of cookies: all of them, and the choice about the optional ones. It holds no rules."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from kept import policy, promises
from kept.conf import settings
from kept.keepers.cookies import choice, flows


@csrf_exempt  # pages with the question are kept by caches, so it carries no token; see `_is_ours`
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cookies_page(request: HttpRequest) -> HttpResponse:
    """GET lists every cookie; POST sets the choice: `accept`, `refuse`, or the boxes ticked."""
    declared = promises.current().policy
    if request.method == "POST":
        return _choose(request, declared)
    chosen = choice.read(request.COOKIES.get(choice.NAME), declared)
    context = {
        "necessary": [one for one in declared.cookies.values() if one.necessary],
        "optional": choice.optional(declared),
        "choice": chosen,
        "saved": request.GET.get("saved") == "1",
        "next": request.GET.get("next", ""),
    }
    return render(request, "kept/cookies/page.html", context)


def _choose(request: HttpRequest, declared: policy.Policy) -> HttpResponse:
    if not _is_ours(request):
        return HttpResponseForbidden()
    made = flows.choose(request.POST.get("choice", ""), request.POST.getlist("cookie"), declared)
    response = HttpResponseRedirect(_back(request))
    if made is not None:
        response.set_cookie(
            choice.NAME,
            made.value,
            max_age=made.seconds,
            secure=settings().production,
            httponly=True,
            samesite="Lax",
        )
    return response


def _back(request: HttpRequest) -> str:
    back = request.POST.get("next", "")
    if back and url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        return back
    return reverse("kept_cookies:page") + "?saved=1"


def _is_ours(request: HttpRequest) -> bool:
    """Whether the form was sent from a page of this site (Fetch Metadata, else Origin, Referer)."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    source = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return urlsplit(source).netloc == request.get_host()

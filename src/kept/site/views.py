"""The static pages. Each is a template and, where it lists products, the catalogue; nothing else.

Rules: none of them reads personal data, sets a cookie or knows who asks, so that a shared cache may
hold them; what the visitor types is taken by collection points only.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from kept import promises
from kept.site import catalogue

_for_an_hour = cache_control(public=True, max_age=3600)


class Page(TemplateView):
    """One static page: `Page.as_view(template_name=…)`, with `ranges` of the catalogue."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the ranges, in the order of the catalogue."""
        return super().get_context_data(ranges=catalogue.ranges().values(), **kwargs)


class Contact(Page):
    """How to reach the shop; the addresses for privacy are those of the policy in force."""

    template_name = "kept_site/contact.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the policy's contacts, in its order."""
        contacts = promises.current().policy.contacts.values()
        by_hand = [one for one in contacts if one.post or one.phone]
        return super().get_context_data(contacts=contacts, by_hand=by_hand, **kwargs)


@require_safe
def range_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One range of products. 404 for a slug that the catalogue does not name."""
    try:
        found = catalogue.ranges()[slug]
    except KeyError:
        raise Http404 from None
    return render(request, "kept_site/range.html", {"range": found})


@require_safe
@_for_an_hour
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers are asked to leave alone (RFC 9309)."""
    sitemap_url = request.build_absolute_uri(reverse("kept_site:sitemap"))
    return render(
        request, "kept_site/robots.txt", {"sitemap": sitemap_url}, content_type="text/plain"
    )


@require_safe
@_for_an_hour
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public page (sitemaps.org 0.9)."""
    names = ("home", "products", "about", "contact", "testimonials", "ask", "write")
    paths = [reverse(f"kept_site:{name}") for name in names]
    paths.append(reverse("mailings:subscribe"))
    paths += [reverse("kept_site:range", args=[slug]) for slug in catalogue.ranges()]
    urls = [request.build_absolute_uri(path) for path in paths]
    return render(request, "kept_site/sitemap.xml", {"urls": urls}, content_type="application/xml")


@require_safe
@_for_an_hour
def favicon(request: HttpRequest) -> HttpResponse:
    """For browsers that ask at the old address instead of reading the page's link."""
    return redirect(static("kept_site/favicon.svg"))

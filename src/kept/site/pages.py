"""The pages that collect or show what people gave: the request for information, testimonials."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

import kept
from kept.keepers.forms.moderation import PUBLISHED
from kept.site import testimonials
from kept.site.models import Testimonial

A_PAGE = 12


class Ask(kept.CollectView):
    """The request for information. Without a model: the form comes from the clause alone."""

    point = "inquiry"
    success_url = "/thanks/"
    template_name = "kept_site/ask.html"
    heading = "Ask us about printing"


class Write(kept.CollectView):
    """A customer's own words, for publication."""

    model = Testimonial
    success_url = "/testimonials/thanks/"
    template_name = "kept_site/write.html"
    heading = "Write a testimonial"


@never_cache  # what its author may take back at any moment, no cache may go on showing or keeping
@require_safe
def testimonials_page(request: HttpRequest) -> HttpResponse:
    """What customers let the shop publish, the latest first, twelve to a page."""
    page = Paginator(testimonials.rows(PUBLISHED), A_PAGE).get_page(request.GET.get("page"))
    context = {"quotes": testimonials.quotes(page), "page_obj": page}
    return render(request, "kept_site/testimonials.html", context)

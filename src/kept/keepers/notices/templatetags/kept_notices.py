"""`{% notice %}`: tells whoever is signed in of a version that does not bind them yet."""

from typing import Any

from django import template
from django.http import HttpRequest
from django.urls import reverse

from kept.keepers.notices import middleware

register = template.Library()


@register.inclusion_tag("kept/notices/banner.html", takes_context=True)
def notice(context: dict[str, Any]) -> dict[str, Any]:
    """The banner, or nothing; that it was shown is noted once the page is given."""
    from kept.keepers.accounts.models import User
    from kept.keepers.notices import flows

    request: HttpRequest | None = context.get("request")
    user = getattr(request, "user", None)
    if not isinstance(user, User) or user.subject_id is None:
        return {"news": None}
    news = flows.news_for(user)
    if news is not None:
        setattr(request, middleware.SHOWN, news.version.ordinal)
        if request is not None and request.path == reverse("kept_notices:policy"):
            return {"news": None}  # the page itself tells it
    return {"news": news}

"""`{% cookie_choice %}`: the question about optional cookies, where one is due.

`{% cookie_page_name %}`: what a link to the page of cookies is called.
"""

from typing import Any

from django import template
from django.urls import reverse

from kept import promises
from kept.keepers.cookies import choice
from kept.keepers.cookies.middleware import ASKED

register = template.Library()


@register.inclusion_tag("kept/cookies/choice.html", takes_context=True)
def cookie_choice(context: Any) -> dict[str, Any]:
    """Empty where nothing is optional, or the choice was made. The page then varies by cookie."""
    request = context.get("request")
    if request is None:
        return {"due": False}
    declared = promises.current().policy
    asked = choice.optional(declared)
    if not asked:
        return {"due": False}
    setattr(request, ASKED, True)
    made = choice.read(request.COOKIES.get(choice.NAME), declared).made
    on_its_page = request.path == reverse("kept_cookies:page")
    return {"due": not made and not on_its_page, "optional": asked, "next": request.path}


@register.simple_tag
def cookie_page_name() -> str:
    """Says that something can be chosen there, where something can."""
    try:
        return "Cookie choices" if choice.optional(promises.current().policy) else "Cookies"
    except Exception:  # a page that tells of an error renders whatever is broken
        return "Cookies"

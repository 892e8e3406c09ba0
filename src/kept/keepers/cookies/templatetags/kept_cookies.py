"""`{% cookie_choice %}`: the question about optional cookies, where one is due."""

from typing import Any

from django import template

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
    on_its_page = request.path == "/privacy/cookies/"
    return {"due": not made and not on_its_page, "optional": asked, "next": request.path}

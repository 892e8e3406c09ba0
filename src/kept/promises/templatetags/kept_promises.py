"""How the state of a promise is said on a page: a word and a colour, never a colour alone."""

from collections.abc import Mapping

from django import template

from kept.promises.standing import Standing

register = template.Library()

_WORDS: Mapping[str, str] = {"kept": "kept", "broken": "broken", "unproven": "not proven"}
_COLOURS: Mapping[str, str] = {"kept": "ok", "broken": "bad", "unproven": "warn"}


@register.simple_tag
def state_of(states: Mapping[str, Standing], id: str) -> Standing | None:
    """Where the promise `id` stands; None where no check was asked."""
    return states.get(id)


@register.filter
def word(one: Standing) -> str:
    """`kept`, `broken` or `not proven`."""
    return _WORDS[one.state]


@register.filter
def colour(one: Standing) -> str:
    """The class of its badge."""
    return _COLOURS[one.state]

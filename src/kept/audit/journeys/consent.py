"""Finds and uses the controls of a consent banner, knowing nothing of the site.

How: everything that can be clicked, in every frame and open shadow tree, is read with its label and
its surroundings; a control counts when its label says what it does and it stands in something that
looks like a banner (a dialog, a fixed box, a form, or names of its own that speak of consent) or
names cookies itself. Clicking such a control is the one thing an audit does beside following links.
"""

from dataclasses import dataclass

from kept.audit.browser import Choice, Visitor
from kept.audit.journeys import words
from kept.audit.scripts import javascript

_LOOK = javascript("journeys/consent.js")
_TRIES = 4
_SHORT = 3
"""Words of a link that is called after cookies: “Cookies”, “About our cookies”."""


@dataclass(frozen=True, slots=True)
class Done:
    """Whether a choice could be made, and by which clicks."""

    made: bool
    clicks: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """In words."""
        clicks = ", then ".join(f"“{one}”" for one in self.clicks)
        if self.made:
            return f"clicked {clicks}"
        return f"clicked {clicks}, and found nothing more" if clicks else "no control was found"


def has_banner(visitor: Visitor) -> bool:
    """Whether the open page asks for a choice."""
    return any(_find(visitor, role) is not None for role in ("accept", "refuse"))


def accept(visitor: Visitor) -> Done:
    """Agree to everything."""
    return _press(visitor, _find(visitor, "accept"), ())


def refuse(visitor: Visitor, before: tuple[str, ...] = ()) -> Done:
    """Refuse everything that can be refused: at once, or through the banner's settings."""
    if (found := _find(visitor, "refuse")) is not None:
        return _press(visitor, found, before)
    settings = _find(visitor, "settings")
    if settings is not None and not before:
        opened = _press(visitor, settings, before)
        return refuse(visitor, opened.clicks) if opened.made else opened
    for box in _ticked(visitor):
        visitor.click(box)
    return _press(visitor, _find(visitor, "save"), before)


def withdraw(visitor: Visitor) -> Done:
    """Take a consent back, by the control that lets people change their choice.

    Each control that may be the one is tried, the likeliest first, until one leads to a refusal.
    """
    page, tried = visitor.url, Done(False)
    for label in [one.described["label"] for one in _changing(visitor)][:_TRIES]:
        change = next((one for one in _changing(visitor) if one.described["label"] == label), None)
        opened = _press(visitor, change, ())
        then = refuse(visitor, opened.clicks) if opened.made else opened
        if then.made or (opened.made and words.has("withdraw", label)):
            return then if then.made else opened
        tried = then if then.clicks else tried
        visitor.go(page)
    return refuse(visitor) if _find(visitor, "refuse") else tried


def _all(visitor: Visitor) -> list[Choice]:
    return [one for one in visitor.choices(_LOOK) if not one.described["away"]]


def _find(visitor: Visitor, role: str) -> Choice | None:
    for one in _all(visitor):
        label = one.described["label"]
        near = one.described["banner"] or (role != "settings" and words.about_choice(label))
        if near and not one.described["box"] and words.role(label) == role:
            return one
    return None


def _changing(visitor: Visitor) -> list[Choice]:
    """What may lead to a change of the choice: says so, or is just called after cookies."""
    about = [one for one in _all(visitor) if words.about_choice(one.described["label"])]
    says = [one for one in about if words.role(one.described["label"]) in ("settings", "withdraw")]
    named = [one for one in about if words.has("cookies", one.described["label"])]
    alone = [one for one in named if len(one.described["label"].split()) <= _SHORT]
    plain = [one for one in (*says, *alone) if not one.described["box"]]
    return list({one.described["label"]: one for one in plain}.values())


def _ticked(visitor: Visitor) -> list[Choice]:
    found = (one for one in _all(visitor) if one.described["box"] and one.described["banner"])
    return [one for one in found if one.described["ticked"]]


def _press(visitor: Visitor, choice: Choice | None, before: tuple[str, ...]) -> Done:
    if choice is None:
        return Done(False, before)
    label = choice.described["label"]
    return Done(visitor.click(choice), (*before, label))

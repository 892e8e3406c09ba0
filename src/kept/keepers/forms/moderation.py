"""What a person looks at before it is published: models declare themselves moderated here.

Rules: nothing is published that is not registered; the console sees what is registered and calls
its verbs, so that a room above the console (the site) can bring its own; a verb is done once, a
second call of it changes nothing and says so.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from kept._kit.errors import KeptError, code
from kept.gate import Actor

TWICE = code("F010", "Two kinds of moderated content have one name", do="rename one of them")
WAITING, PUBLISHED, REFUSED = "waiting", "published", "refused"
STATES = (WAITING, PUBLISHED, REFUSED)


@dataclass(frozen=True, slots=True)
class Moderated:
    """One kind of content that waits for a decision, e.g. testimonials."""

    name: str
    """Short and fit for an address: `testimonials`."""
    title: str
    """For the operator: `Testimonials`."""
    purpose: str
    """What opening it is for: `publish-testimonial`."""
    point: str
    """Where it comes in: `testimonial`."""
    recipient: str
    """The clause of the public: `public`."""
    rows: Callable[[str], QuerySet[Any]]
    """The rows in a state (`waiting`, `published`, `refused`), in the order to show them."""
    shown: Callable[[Any], Iterable[tuple[str, object]]]
    """A row as (label, value) pairs; called within a scope of `purpose`."""
    publish: Callable[[UUID, Actor], bool]
    """Publish the row of that id. True when this call did it, False when it was done before."""
    refuse: Callable[[UUID, Actor], bool]
    """Do not publish it, or no longer. True when this call did it."""
    page: str
    """Name of the public page's address; on it each row stands in an element of the id
    `published-<id of the row>`."""


_kinds: dict[str, Moderated] = {}


def register(kind: Moderated) -> Moderated:
    """Declare `kind`, in an app's `ready()`. Raises `KeptError` F010 where a name is taken."""
    if _kinds.setdefault(kind.name, kind) != kind:
        raise KeptError(TWICE, f"`{kind.name}` is registered twice")
    return kind


def kinds() -> tuple[Moderated, ...]:
    """Every kind, by name."""
    return tuple(_kinds[name] for name in sorted(_kinds))

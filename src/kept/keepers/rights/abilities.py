"""What this keeper is able to do: carry out those rights whose pages the host really serves."""

from collections.abc import Iterator

from django.urls import NoReverseMatch, reverse

from kept.keepers.rights.kinds import KINDS, right_of
from kept.promises.needs import right


def abilities() -> Iterator[str]:
    """One for each right that can be asked for on the site."""
    try:
        reverse("rights:requests")
    except NoReverseMatch:  # a host that leaves the pages out
        return
    for kind in KINDS:
        yield right(right_of(kind))

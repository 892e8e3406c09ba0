"""What the guest book promises, and the check that can fail."""

from kept.promises.evidence import Evidence, Figures, broken, kept
from kept.promises.needs import collecting
from kept.promises.promise import Promise
from kept.promises.proving import check

ABILITY = collecting("guestbook")
MOST = 1000


@check(ABILITY)
def book_is_not_full(promise: Promise, carried: Figures) -> Evidence:
    """The book has room for another entry."""
    from kept_guestbook.models import Entry

    figures = {"entries": Entry.objects.count()}
    if figures["entries"] >= MOST:
        return broken("the book is full: nobody can write any more", figures)
    return kept("there is room", figures)

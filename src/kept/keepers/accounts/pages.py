"""The pages of an account: keepers add theirs here, so that one navigation leads to all of them.

Rules: a keeper registers in its app's `ready()`; a page that belongs to a person is listed for
accounts that stand for one; an address that the host does not serve is left out.
"""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from kept.keepers.accounts.models import User


@dataclass(frozen=True, slots=True)
class AccountPage:
    """One page: the name of its address, its title, its place among the others."""

    address: str
    title: str
    order: int
    clients_only: bool = True


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the navigation."""

    title: str
    url: str
    here: bool


_pages: dict[str, AccountPage] = {}


def register(page: AccountPage) -> None:
    """Add a page; again replaces what was said of its address."""
    _pages[page.address] = page


def navigation(user: User, path: str) -> list[Entry]:
    """The pages of this account, in order."""
    entries = []
    for page in sorted(_pages.values(), key=lambda one: one.order):
        if page.clients_only and user.subject_id is None:
            continue
        try:
            url = reverse(page.address)
        except NoReverseMatch:  # a host may leave a keeper's pages out
            continue
        entries.append(Entry(page.title, url, path == url))
    return entries


for _order, (_address, _title, _clients) in enumerate(
    (
        ("account:home", "Overview", False),
        ("account:profile", "Your details", True),
        ("account:preferences", "Preferences", True),
        ("account:choices", "Your choices", True),
        ("account:sharing", "Who gets your data", True),
        ("account:address", "Email address", True),
        ("account:password", "Password", False),
        ("account:factor", "Second factor", False),
        ("account:sessions", "Where you are signed in", False),
        ("account:close", "Close the account", True),
    )
):
    register(AccountPage(_address, _title, _order * 10, _clients))

"""The mails that ask the holder of an address. One function per mail: heading and text.

Rules: a mail says what was asked for and what happens if nothing is done, and never what is stored;
it advertises nothing: it may reach somebody who asked for nothing.
"""

from typing import NamedTuple


class Words(NamedTuple):
    """What a mail says."""

    heading: str
    text: str


def confirm(site: str, link: str) -> Words:
    """Mails were asked for with this address."""
    return Words(
        f"Please confirm your address for {site}",
        f"Somebody, we think you, asked {site} to send mails to this address.\n\n"
        f"To agree, follow this link within a day, read what it is for, and confirm:\n{link}\n\n"
        "If this was not you, do nothing: we send nothing more, and what was typed is gone in a "
        "day.",
    )


def busy(site: str) -> Words:
    """The person's data is being erased, or its use was stopped."""
    return Words(
        f"Your data at {site}",
        f"Somebody, we think you, asked {site} to send mails to this address. We are carrying out "
        "what you asked about your own data (it is being deleted, or its use was stopped), so "
        "nothing else is done with it now and no mails are sent.",
    )

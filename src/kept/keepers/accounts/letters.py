"""The mails about accounts, in full. One function per mail: heading and text.

Rules: a mail says what was asked for, what happens if nothing is done, and never what is stored;
only the holder of the address learns whether there is an account.
"""

from typing import NamedTuple

_UNASKED = "If this was not you, do nothing: nothing changes, and what was typed is gone in a day."


class Words(NamedTuple):
    """What a mail says."""

    heading: str
    text: str


def confirm(site: str, link: str) -> Words:
    """A new account waits for its address to be confirmed."""
    return Words(
        f"Confirm your account at {site}",
        f"Somebody, we think you, asked to open an account at {site} with this address.\n\n"
        f"To open it, follow this link within a day and confirm:\n{link}\n\n{_UNASKED}",
    )


def known(site: str, base: str) -> Words:
    """There is an account already."""
    return Words(
        f"You have an account at {site}",
        f"Somebody, we think you, asked to open an account at {site} with this address. There is "
        f"one already, and nothing was changed.\n\nSign in: {base}/account/login/\n"
        f"Choose a new password: {base}/account/reset/\n\n{_UNASKED}",
    )


def busy(site: str) -> Words:
    """The person's data is being erased, or its use was stopped."""
    return Words(
        f"Your data at {site}",
        f"Somebody, we think you, asked for something about an account at {site} with this "
        "address. We are carrying out what you asked about your own data (it is being deleted, or "
        "its use was stopped), so nothing else is done with it now.\n\n"
        "When your data was deleted you can open an account as if we had never met.",
    )


def reset(site: str, link: str) -> Words:
    """The password can be replaced."""
    return Words(
        f"A new password for {site}",
        f"Somebody, we think you, asked to choose a new password for your account at {site}.\n\n"
        f"To choose it, follow this link within a day:\n{link}\n\n"
        "If this was not you, do nothing: your password stays as it is.",
    )


def unknown(site: str, base: str) -> Words:
    """A new password was asked for, and there is no account."""
    return Words(
        f"No account at {site}",
        f"Somebody, we think you, asked to choose a new password at {site} for this address. There "
        f"is no account with it. Perhaps you used another address; or open an account here:\n"
        f"{base}/account/register/\n\n{_UNASKED}",
    )


def move(site: str, link: str) -> Words:
    """An account's address is to become this one."""
    return Words(
        f"Confirm your new address at {site}",
        f"You asked that your account at {site} uses this address from now on.\n\n"
        f"To confirm it, follow this link within a day:\n{link}\n\n{_UNASKED}",
    )


def taken(site: str) -> Words:
    """An account's address was to become one that is another person's here."""
    return Words(
        f"Your address at {site}",
        f"Somebody asked that their account at {site} uses this address. It is known to us as "
        "yours, so nothing was changed. If both accounts are yours, write to us and we will help.",
    )


def moved(site: str, base: str) -> Words:
    """To the old address: the account has left it."""
    return Words(
        f"Your address at {site} was changed",
        f"Your account at {site} uses another address from now on; this one is no longer on file "
        "for it.\n\nIf this was not you, your account is in danger: choose a new password at "
        f"{base}/account/reset/ if you still can, and write to us.",
    )

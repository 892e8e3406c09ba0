"""The mails about requests, in full. One function per mail: heading and text.

Rules: a mail says what was asked, what happens next, by when, and what happens if nothing is done;
it never says what is held, and nothing is attached to it; what goes to the operator names nobody.
"""

from datetime import date, datetime
from typing import NamedTuple

from kept.keepers.rights.kinds import Kind


class Words(NamedTuple):
    """What a mail says."""

    heading: str
    text: str


_UNASKED = (
    "If it was not you, follow the link and say so, or do nothing: then nothing happens, and the "
    "request is gone in a day."
)


def confirm(site: str, kind: Kind, link: str) -> Words:
    """Somebody asked: was it you? The same whether anything is held or not."""
    stopped = (
        "\n\nOur mails of the kind that nobody has to read have been stopped for this address "
        "already; that needs no confirmation."
        if kind.id == "cease"
        else ""
    )
    return Words(
        f"Was it you? {kind.title} ({site})",
        f"Somebody, we think you, asked us about personal data that may stand under this address: "
        f"{lowered(kind.title)}.{stopped}\n\nTo go on, follow this link within a day and press its "
        f"button. By that we know that it is you:\n{link}\n\n{_UNASKED}",
    )


def by_password(site: str, kind: Kind, base: str) -> Words:
    """The policy asks for the password."""
    return Words(
        f"{kind.title} ({site})",
        f"Somebody, we think you, asked us for this: {lowered(kind.title)}. Our privacy policy "
        "asks for your password with it. If you have an account with us, sign in and ask there:\n"
        f"{base}/account/data/\n\nIf it was not you, do nothing: nothing happens.",
    )


def nothing(site: str, kind: Kind) -> Words:
    """It is known who asks, and nothing is held."""
    return Words(
        f"We hold nothing about you ({site})",
        f"You asked us for this: {lowered(kind.title)}. We looked everywhere, and {site} holds no "
        "personal data under this address. Perhaps you wrote to us from another one; then ask with "
        "that.\n\nThis address, too, is not kept.",
    )


def deleting(site: str, until: datetime, link: str, status: str) -> Words:
    """To every address on file: deleting was asked for and can be taken back."""
    return Words(
        f"Your data will be deleted ({site})",
        f"It was asked, and confirmed, that {site} deletes all personal data it holds about you. "
        f"From now on it is used for nothing. It is destroyed on {moment(until)} or soon after.\n\n"
        "This mail goes to every address of yours that we have. If you did not ask for this, or "
        f"changed your mind, take it back before then:\n{link}\n\nHow far it is:\n{status}",
    )


def last(site: str, stays: str, residue: str, status: str) -> Words:
    """The last mail, right before the data is destroyed."""
    return Words(
        f"Your data is being deleted now ({site})",
        f"This is the last mail from {site}: your data is being deleted now, this address too.\n\n"
        "From this moment nobody here can read it, in a backup either. Within minutes it is "
        f"removed, and within {residue} not even the raw disks hold anything that could be made "
        f"readable.\n\n{stays}\n\n"
        f"This page says, without your name, when it was whole:\n{status}",
    )


def ready(site: str, until: date, link: str, status: str, *, complete: bool) -> Words:
    """The copy can be fetched."""
    whole = (
        ""
        if complete
        else "\n\nIt is not complete yet: some of it could not be read just now. The file says "
        "what is missing. We go on, and send you another mail when it is whole."
    )
    return Words(
        f"Your copy is ready ({site})",
        f"The copy of your data that you asked for can be fetched until {day(until)}, through this "
        f"link and nowhere else:\n{link}{whole}\n\nKeep it in a safe place: it holds everything "
        f"that we hold about you. If a link is used up, this page sends you another:\n{status}",
    )


def done(site: str, kind: Kind, details: str) -> Words:
    """It was carried out."""
    return Words(
        f"Done: {lowered(kind.title)} ({site})",
        f"We carried out what you asked for: {lowered(kind.title)}.\n\n{details}",
    )


def refused(site: str, kind: Kind, reason: str, contact: str) -> Words:
    """It was not carried out, and why (GDPR Art. 12(4))."""
    return Words(
        f"About your request ({site})",
        f"You asked us for this: {lowered(kind.title)}. We did not carry it out, because {reason}."
        f"\n\nIf you think that this is wrong, write to us{contact}. You can also complain to the "
        "authority for data protection where you live, or go to court.",
    )


def cancelled(site: str, kind: Kind) -> Words:
    """It was taken back."""
    return Words(
        f"Taken back: {lowered(kind.title)} ({site})",
        f"Your request was taken back, and nothing of it is done: {lowered(kind.title)}.\n\nIf you "
        "did not do this, somebody reads your mail or knows your password: change it, and ask "
        "again.",
    )


def notice(site: str, kind: Kind, due: date, page: str) -> Words:
    """To the operator: there is something to see to. It names nobody."""
    return Words(
        f"A privacy request ({lowered(kind.title)}), due {day(due)}",
        f"At {site} somebody asked, and proved to be entitled, to: {lowered(kind.title)}. It is "
        f"due on {day(due)}. Most requests need nobody's hand; how far it is stands here:\n{page}",
    )


def lowered(title: str) -> str:
    """A title in the middle of a sentence."""
    return title[:1].lower() + title[1:]


def day(value: date) -> str:
    """`5 March 2026`."""
    return f"{value.day} {value:%B %Y}"


def moment(value: datetime) -> str:
    """`5 March 2026, 14:00 UTC`."""
    return f"{day(value.date())}, {value:%H:%M} UTC"

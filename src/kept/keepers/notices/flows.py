"""Posting a version with its notice, withdrawing it, being shown it, agreeing: a function each.

Rules: an agreement moves forward only; it holds for what is collected afterwards, and for what was
collected before only where it is express (or every version says otherwise); it changes no choice,
gives no consent and ends no objection; it is on record in the same transaction.
"""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.db import transaction

from kept import ledger, policy, promises, vault
from kept._kit.errors import KeptError, code
from kept.keepers.accounts.models import User
from kept.keepers.notices import rules
from kept.keepers.notices.models import Agreement, Notice, Shown
from kept.promises import posting
from kept.vault.models import Subject

NOT_YET = code(
    "N010", "This version is not the one in force", do="agree once it is, in the account"
)


@dataclass(frozen=True, slots=True)
class News:
    """A version that a person is not bound by yet, as their pages tell it."""

    version: promises.Posted
    bound: promises.Posted
    """The version that binds them."""
    in_force: bool
    changes: tuple[policy.Change, ...]
    """From the one to the other."""


def publish(new: policy.Policy) -> tuple[promises.Adopted, Notice]:
    """Post a version and begin its notice; again changes nothing. Raises P010 to P014."""
    with transaction.atomic():
        made = posting.publish(new)
        notice, _ = Notice.objects.get_or_create(
            version=made.posted.ordinal, defaults={"effective": made.posted.effective}
        )
    return made, notice


def unpublish() -> promises.Posted:
    """Withdraw the version that waits for its day, and its notice. Raises `KeptError` P012."""
    with transaction.atomic():
        version = posting.withdraw()
        Notice.objects.filter(version=version.ordinal).update(withdrawn=True)
    return version


def bound(user: User) -> int:
    """Ordinal of the version that binds a client for what comes in about them."""
    person = Subject.objects.filter(pk=user.person).first()
    if person is None:
        return user.collected or 0
    known = [person.collected, person.agreed or 0, user.collected or 0]
    said = Agreement.objects.filter(subject=user.person).order_by("-version").first()
    return max([*known, said.version if said else 0])


def news_for(user: User) -> News | None:
    """What the client is not bound by yet: the version in force, else the one that comes."""
    base = bound(user)
    current = promises.current()
    version = promises.coming() or current
    if current.ordinal > base:
        version = current
    if version.ordinal <= base:
        return None
    before = promises.posted(base)
    if before is None:
        return None
    changes = policy.compare(before.policy, version.policy).changes
    return News(version, before, version.ordinal == current.ordinal, changes)


def show(subject: UUID, version: int) -> None:
    """Note that a page showed the person what a version changes."""
    Shown.objects.bulk_create([Shown(subject_id=subject, version=version)], ignore_conflicts=True)


def was_shown(subject: UUID, version: int) -> bool:
    """Whether the person was shown what a version changes."""
    return Shown.objects.filter(subject=subject, version=version).exists()


def go_on(user: User, *, deliberate: bool, about_rights: bool, before: bool) -> bool:
    """A signed-in client uses the site on: whether that was an agreement.

    `before`: they were shown the change before this request.
    """
    news = news_for(user)
    if news is None or not news.in_force:
        return False
    since = _since(news.bound.ordinal)
    use = rules.Use(
        signed_in=True,
        shown_before=before,
        in_force=news.in_force,
        deliberate=deliberate,
        about_rights=about_rights,
        counts=rules.continued_use_counts(since),
    )
    if not rules.agrees(use):
        return False
    earlier = rules.reaches_earlier_data(since)
    return _agree(user.person, news.version.ordinal, Agreement.Way.CONTINUED_USE, earlier=earlier)


def agree(user: User, version: int) -> bool:
    """A client agrees by the button, for earlier data too; False where they had. Raises N010."""
    if version != promises.current().ordinal:
        raise KeptError(NOT_YET, f"version {version}")
    return _agree(user.person, version, Agreement.Way.EXPRESS, earlier=True)


def agreed_by(subject: UUID) -> list[tuple[Agreement, promises.Posted | None]]:
    """What the person agreed to, the latest first."""
    rows = Agreement.objects.filter(subject=subject)
    return [(row, promises.posted(row.version)) for row in rows]


def earlier_is_open(user: User) -> bool:
    """Whether the version in force does not hold yet for what was collected before it."""
    person = Subject.objects.get(pk=user.person)
    first = min(person.collected, user.collected or person.collected)
    return max(first, person.agreed or 0) < promises.current().ordinal


def _since(base: int) -> list[policy.Policy]:
    """The policy of version `base`, and every later one up to the one in force."""
    return [one.policy for one in promises.so_far() if one.ordinal >= base]


def _agree(subject: UUID, version: int, way: Agreement.Way, *, earlier: bool) -> bool:
    known = Agreement.objects.filter(subject=subject, version=version, way=way).exists()
    if not known:
        _note(subject, version, way, earlier=earlier)
    return not known


@ledger.flow(ledger.Agreed)
def _note(subject: UUID, version: int, way: Agreement.Way, *, earlier: bool) -> None:
    """The agreement, under the person's lock; a second one at the same time is the same."""
    vault.lock_people([subject])
    if earlier:
        vault.set_agreed(subject, version)
    row, _ = Agreement.objects.get_or_create(
        subject_id=subject, version=version, way=way, defaults={"earlier": earlier}
    )
    express = way == Agreement.Way.EXPRESS
    said: Literal["express", "continued-use"] = "express" if express else "continued-use"
    ledger.record(ledger.Agreed(version=version, way=said, row=row.pk), subject)

"""Subjects: found by an identifier, made when first seen, their choices and agreements set.

Rules: who claims an identifier first makes the subject; a claim whose transaction was rolled back
is finished by the next finder, under the same id, so that none is lost and none waits; choices
change under the subject's lock, and only of one that is active; what denies is in the journal
before it is in the data, and leaves it after, so that a crash in between denies.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, transaction

from kept import gate
from kept._kit.ids import new_id
from kept.vault import identifiers, people
from kept.vault.errors import NOT_ACTIVE, NotStoredError
from kept.vault.keystore import journal, keystore
from kept.vault.models import State, Subject


def find(kind: str, value: str, *, using: str = DEFAULT_DB_ALIAS) -> UUID | None:
    """The id of the active subject that `value` stands for, e.g. `find("email", "zoe@x.org")`."""
    holder = identifiers.holder(kind, value)
    if holder is None:
        return None
    known = Subject.objects.using(using).filter(pk=holder, state=State.ACTIVE).exists()
    return holder if known else None


def standing(kind: str, value: str, *, using: str = DEFAULT_DB_ALIAS) -> Subject | None:
    """Whoever `value` stands for, in whatever state, for those who must answer differently."""
    holder = identifiers.holder(kind, value)
    return None if holder is None else Subject.objects.using(using).filter(pk=holder).first()


def find_or_make(kind: str, value: str, *, using: str = DEFAULT_DB_ALIAS) -> Subject:
    """The subject that `value` stands for, made where it stands for nobody yet.

    Raises `NotStoredError` V009 while the subject is being erased, V015 for an empty identifier.
    """
    holder = identifiers.holder(kind, value) or identifiers.claim(kind, value, new_id())
    subject = Subject.objects.using(using).filter(pk=holder).first() or _insert(holder, using)
    if subject.state != State.ACTIVE:
        raise NotStoredError(NOT_ACTIVE, f"the subject is {subject.state}", do="try again later")
    return subject


def make(*, using: str = DEFAULT_DB_ALIAS) -> Subject:
    """A subject without any identifier."""
    return _insert(new_id(), using)


def _insert(id: UUID, using: str) -> Subject:
    keystore()  # begun before there is anybody: an empty one beside people is a lost one
    ordinal, _ = gate.in_force().in_force
    made = Subject(id=id, collected=ordinal)
    Subject.objects.using(using).bulk_create([made], ignore_conflicts=True)
    return Subject.objects.using(using).get(pk=id)


def set_choices(
    subject: UUID,
    *,
    consent: Iterable[str] = (),
    withdraw: Iterable[str] = (),
    object_to: Iterable[str] = (),
    stop_objecting: Iterable[str] = (),
    using: str = DEFAULT_DB_ALIAS,
) -> None:
    """Change the subject's choices for these purposes. Raises `NotStoredError`, `KeyError`."""
    in_force = gate.in_force()
    consent, withdraw = tuple(consent), tuple(withdraw)
    object_to, stop_objecting = tuple(object_to), tuple(stop_objecting)
    give, take = in_force.mask(consent), in_force.mask(withdraw)
    refuse, lift = in_force.mask(object_to), in_force.mask(stop_objecting)
    denied = _denials(withdraw, object_to)
    lifted = [one for one in _denials(consent, stop_objecting) if one not in denied]
    with transaction.atomic(using=using):
        person = people.lock(subject, using)
        journal.deny(keystore().database, subject, denied)
        Subject.objects.using(using).filter(pk=subject).update(
            consented=(person.consented | give) & ~take,
            objected=(person.objected | refuse) & ~lift,
        )
        _lift_later(subject, lifted, using)


def set_limits(
    subject: UUID,
    *,
    restricted: bool | None = None,
    ceased: bool | None = None,
    using: str = DEFAULT_DB_ALIAS,
) -> None:
    """Restrict processing (GDPR Art. 18), let it cease, or lift either. Raises `NotStoredError`.

    Ceasing takes every consent back: one that is given later allows its own purpose again.
    """
    given: dict[str, bool | None] = {"restricted": restricted, "ceased": ceased}
    changed: dict[str, object] = {one: value for one, value in given.items() if value is not None}
    with transaction.atomic(using=using):
        person = people.lock(subject, using)
        denied = [(name, "") for name, value in changed.items() if value]
        if ceased and not person.ceased:
            agreed_to = gate.in_force().purposes_in(person.consented)
            denied += [(journal.WITHDRAWN, one) for one in agreed_to]
            changed["consented"] = 0
        journal.deny(keystore().database, subject, denied)
        Subject.objects.using(using).filter(pk=subject).update(**changed)
        _lift_later(subject, [(name, "") for name, value in changed.items() if not value], using)


def _denials(withdraw: Iterable[str], object_to: Iterable[str]) -> list[tuple[str, str]]:
    return [
        *((journal.WITHDRAWN, purpose) for purpose in withdraw),
        *((journal.OBJECTED, purpose) for purpose in object_to),
    ]


def _lift_later(subject: UUID, denials: list[tuple[str, str]], using: str) -> None:
    if denials:
        transaction.on_commit(
            lambda: journal.lift(keystore().database, subject, denials), using=using
        )


def set_agreed(subject: UUID, ordinal: int, *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Note express agreement to a version, for earlier data too. Never moves back."""
    with transaction.atomic(using=using):
        person = people.lock(subject, using)
        if person.agreed is None or ordinal > person.agreed:
            Subject.objects.using(using).filter(pk=subject).update(agreed=ordinal)

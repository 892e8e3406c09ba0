"""What the gate must know about subjects: read together with the rows that are opened or written.

Rules: a writer holds the subject's row until its transaction ends, so that an erasure comes before
or after it, never between; nobody but an `active` subject is written about; a row's base is the
later of the version it was collected under and the one agreed to.
"""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from django.db import connections
from django.db.models import F, QuerySet

from kept import gate
from kept.vault.errors import NO_SUBJECT, NOT_ACTIVE, NotStoredError
from kept.vault.models import State, Subject

_COLUMNS = ("id", "state", "agreed", "consented", "objected", "restricted", "ceased")


class Person(NamedTuple):
    """A subject's row, as far as the gate needs it."""

    id: UUID
    state: str
    agreed: int | None
    consented: int
    objected: int
    restricted: bool
    ceased: bool

    def facts(self, collected: int | None, *, own: bool) -> gate.Facts:
        """The facts about data that was `collected` under that ordinal."""
        known = [ordinal for ordinal in (collected, self.agreed) if ordinal is not None]
        return gate.Facts(
            base=max(known) if collected is not None else None,
            consented=self.consented,
            objected=self.objected,
            restricted=self.restricted,
            ceased=self.ceased,
            own=own,
        )


def read(subjects: Collection[UUID], using: str) -> dict[UUID, Person]:
    """The active ones of these subjects, in one query."""
    rows = Subject.objects.using(using).filter(pk__in=subjects, state=State.ACTIVE)
    return {row[0]: Person(*row) for row in rows.values_list(*_COLUMNS)}


def lock(subject: UUID | None, using: str) -> Person:
    """The subject, held until the transaction ends. Raises `NotStoredError` V009 or V011."""
    if subject is None:
        raise NotStoredError(NO_SUBJECT, "sealed values need a subject")
    rows = _locked(subject, using)
    found = rows.values_list(*_COLUMNS).first()
    if found is None:
        raise NotStoredError(NO_SUBJECT, f"there is no subject {subject}")
    person = Person(*found)
    if person.state != State.ACTIVE:
        raise NotStoredError(NOT_ACTIVE, f"the subject is {person.state}")
    return person


def lock_state(subject: UUID, using: str) -> str | None:
    """The subject's state, held until the transaction ends; None where there is no subject."""
    return _locked(subject, using).values_list("state", flat=True).first()


def _locked(subject: UUID, using: str) -> QuerySet[Subject]:
    rows = Subject.objects.using(using).filter(pk=subject)
    if connections[using].features.has_select_for_update:
        return rows.select_for_update(no_key=True)
    # SQLite locks the whole file; a write comes first so that it waits instead of failing.
    rows.update(state=F("state"))
    return rows

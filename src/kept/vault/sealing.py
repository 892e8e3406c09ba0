"""Sealing rows: what is written, under which key, and never past the gate.

Rules: only what was set is asked for and written; the subject is locked and active; an empty value
is no personal data; the key is on disk before anything is sealed with it; a stored envelope keeps
the key it has; a new row takes the key of its clause's keep class in the version in force.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from kept import gate
from kept.vault import codec, identifiers, people, subjects
from kept.vault.codec import EMPTY, Envelope, Values
from kept.vault.errors import (
    IDENTIFIER,
    NO_KEY,
    NOT_ALLOWED,
    UNDECLARED,
    NoKeyError,
    NotStoredError,
)
from kept.vault.keystore import SubjectKey, keystore
from kept.vault.shape import Shape

_STORES = (gate.OWN_DATA, gate.MAINTAIN)
"""Built-in purposes that write: the person's own corrections, and maintenance."""

_NOBODY = people.Person(UUID(int=0), "active", None, 0, 0, restricted=False, ceased=False)

Categories = Mapping[str, str]


def insert(row: Any, shape: Shape, new: Values, categories: Categories, using: str) -> Envelope:
    """The envelope of a row to be inserted. Raises `NotStoredError` and nothing is written."""
    stored = _existing(row, shape, row.__dict__.get(shape.envelope, b""))
    if not stored and not any(_is_there(shape, value) for value in new.values()):
        return EMPTY
    place = shape.place(row)
    person = people.lock(place.subject, using)
    _ask(row, shape, new, categories, person)
    _claim(shape, new, place)
    key = _key_of_class(row, shape, place.subject)
    return codec.seal({**stored, **new}, key, place)


def update(  # noqa: PLR0917 - all six are needed, and none has a default
    row: Any, shape: Shape, stored: bytes, new: Values, categories: Categories, using: str
) -> Envelope:
    """The next envelope of a stored row, `new` merged into `stored` (of `row.revision`)."""
    place = shape.place(row, row.revision + 1)
    person = people.lock(place.subject, using)
    _ask(row, shape, new, categories, person)
    _claim(shape, new, place)
    values = _existing(row, shape, stored)
    key = _key_of(stored, place) if stored else _key_of_class(row, shape, place.subject)
    return codec.seal({**values, **new}, key, place)


def without(row: Any, shape: Shape, stored: bytes, *, known: Collection[str]) -> Envelope | None:
    """The next envelope of a row without names that are not `known`; None where it has none."""
    values = _existing(row, shape, stored)
    kept = {name: value for name, value in values.items() if name in known}
    if len(kept) == len(values):
        return None
    place = shape.place(row, row.revision + 1)
    return codec.seal(kept, _key_of(stored, place), place)


def swap(row: Any, shape: Shape, made: Envelope, using: str) -> bool:
    """Write the next envelope of `row` unless the row was changed meanwhile."""
    rows = shape.model._base_manager.using(using).filter(pk=row.pk, revision=row.revision)
    return bool(rows.update(**{shape.envelope: made, "revision": row.revision + 1}))


def subject_for(row: Any, shape: Shape, category: str, value: Any, using: str) -> UUID:
    """The subject that an identifier of a new row stands for, made where there is none yet.

    Someone who is not known has made no choice: where the gate would deny that, nothing is made.
    """
    found = identifiers.holder(category, str(value))
    if found is None:
        _ask(row, shape, {"": value}, {"": category}, _NOBODY)
    made: UUID = subjects.find_or_make(category, str(value), using=using).pk
    return made


def _claim(shape: Shape, new: Values, place: codec.Place) -> None:
    """Let the row's identifier stand for its subject. Raises `NotStoredError` V015."""
    name = shape.found_by
    if name is None or not _is_there(shape, new.get(name)):
        return
    category = shape.fields[name].category
    if identifiers.claim(category, str(new[name]), place.subject) != place.subject:
        raise NotStoredError(
            IDENTIFIER, f"`{name}` already stands for another subject", place=shape.label,
            do="leave `subject` to the identifier, or merge the two subjects",
        )  # fmt: skip


def _existing(row: Any, shape: Shape, stored: bytes) -> Values:
    """The values of a stored envelope, for sealing them again; they are given to nobody."""
    if not stored:
        return {}
    place = shape.place(row)
    return codec.open(stored, _key_of(stored, place), place)


def _key_of(stored: bytes, place: codec.Place) -> SubjectKey:
    id = codec.key_id(stored, str(place))
    key = keystore().keys.fetch([id]).get(id)
    if key is None:
        raise NoKeyError(NO_KEY, "the key of this row is destroyed", place=str(place))
    return key


def _key_of_class(row: Any, shape: Shape, subject: UUID) -> SubjectKey:
    return key_for(subject, shape.point(row), shape.label)


def key_for(subject: UUID, point: str | None, label: str) -> SubjectKey:
    """The subject's key for what is collected at `point` now. Raises `NotStoredError` V014."""
    _, policy = gate.in_force().in_force
    clause = policy.keeping(point)
    if clause is None:
        raise NotStoredError(
            UNDECLARED, f"the policy in force has no `[collect.{point}]`", place=label
        )
    return keystore().keys.find_or_make(subject, clause.keep.key_class)


def _ask(
    row: Any, shape: Shape, new: Values, categories: Categories, person: people.Person
) -> None:
    """Ask the gate for every value that is written."""
    wanted = [categories[name] for name, value in new.items() if _is_there(shape, value)]
    ask(wanted, shape.point(row), row.collected, person, shape.label)


def ask(
    categories: Iterable[str],
    point: str | None,
    collected: int | None,
    person: people.Person,
    label: str,
) -> None:
    """Ask the gate whether these may be stored in the current scope.

    Raises `NotStoredError` V010 naming what is denied and what is missing.
    """
    wanted = tuple(dict.fromkeys(categories))
    if not wanted:
        return
    scope = gate.current()
    if scope is None:
        raise NotStoredError(
            NOT_ALLOWED, f"`{label}` is written outside a purpose scope", place=label,
            do='say what it is for: `with kept.purpose("…"):`',
        )  # fmt: skip
    in_force = gate.in_force()
    operation = gate.STORE if scope.purpose in _STORES else gate.COLLECT
    ordinal = in_force.in_force[0] if collected is None else collected
    facts = person.facts(ordinal, own=scope.owns(person.id))
    made = [
        in_force.decide(gate.Request(operation, category, scope.purpose, point), facts)
        for category in wanted
    ]
    denied = [decision for decision in made if not decision.allowed]
    if denied:
        missing = "; ".join(dict.fromkeys(what for one in denied for what in one.missing))
        raise NotStoredError(
            NOT_ALLOWED,
            "the gate denies to store "
            + ", ".join(f"`{one.request.category}`" for one in denied)
            + f" for `{scope.purpose}`: missing {missing}",
            place=label,
        )


def _is_there(shape: Shape, value: Any) -> bool:
    """Whether there is something personal in a value; open fields hold (category, value)."""
    return (value[1] if shape.open_fields else value) not in (None, "")

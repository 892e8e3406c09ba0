"""Reading what a law keeps, also of people who were erased: under its statute only.

Rules: whoever reads names the statute, a purpose of the policy whose basis is a legal obligation
(GDPR article 6(1)(c)), and themselves; each person's part is recorded before any of it is given; of
an erased person the record can name nobody any more. Nothing else of a person opens this way.
"""

from collections.abc import Iterator
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS

from kept import gate
from kept.vault.errors import STATUTE, RefusedError
from kept.vault.keystore import keystore
from kept.vault.keystore.sparing import STATUTORY
from kept.vault.reading_held import Asked, Held, given

_BASIS = "legal-obligation"


def statutory_people(statute: str) -> Iterator[UUID]:
    """Everyone of whom something may be kept under `statute`. Raises `RefusedError` V045."""
    _require_statute(statute)
    return keystore().keys.owners_of(f"{STATUTORY}{statute}")


def statutory_data(
    statute: str,
    purpose: str,
    by: str,
    *,
    subject: UUID | None = None,
    using: str = DEFAULT_DB_ALIAS,
) -> Iterator[tuple[UUID, Held]]:
    """What `statute` keeps, of one subject or of everyone: whose, and the row or file.

    `by`: the random id of the account that reads. Raises `RefusedError` V045 for an unknown
    statute, or a purpose that is no legal obligation of the policy; then nothing was opened.
    """
    _require_statute(statute)
    _require_purpose(purpose)
    people = statutory_people(statute) if subject is None else iter([subject])
    return _given(people, statute, Asked(purpose, by, statute), using)


def _given(
    people: Iterator[UUID], statute: str, asked: Asked, using: str
) -> Iterator[tuple[UUID, Held]]:
    for subject in people:
        key = keystore().keys.find(subject, f"{STATUTORY}{statute}")
        if key is None:
            continue
        for one in given(subject, key, lambda _category: True, asked, using):
            yield subject, one


def _require_statute(statute: str) -> None:
    """Of any version: what was kept under a clause that is gone is still kept under it."""
    known = {name for _, policy in gate.in_force().policies for name in policy.statutes}
    if statute not in known:
        has = ", ".join(sorted(known)) or "none"
        raise RefusedError(STATUTE, f"the policy has no `[statutes.{statute}]`; it has: {has}")


def _require_purpose(purpose: str) -> None:
    """Of the version in force: only what is a duty now."""
    policy = gate.in_force().in_force[1]
    duties = sorted(id for id, one in policy.purposes.items() if one.basis == _BASIS)
    if purpose not in duties:
        raise RefusedError(
            STATUTE, f"`{purpose}` is no legal obligation; these are: {', '.join(duties) or 'none'}"
        )

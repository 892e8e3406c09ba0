"""Whose clear-text rows are: by their link, by another table, by an identifier, else a new subject.

Rules: a person who is known by an identifier stays that person; two rows with one identifier are
one person's; a row without any becomes the data of a person of its own; nobody who is being erased
gets new data; all of it set by set.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.models import Model

from kept._kit.ids import new_id
from kept.vault import identifiers
from kept.vault.errors import IDENTIFIER, NOT_ACTIVE, NotStoredError
from kept.vault.holdings.links import as_text
from kept.vault.models import State

_STAY = {State.ACTIVE, State.PSEUDO}
"""Whose rows are not about to go: people, and nobodies in whose name an anonymised row stays."""
Asked = tuple[Any, UUID | None, str]
"""Primary key, the subject that the row has already, its identifier or nothing."""


class Owners:
    """Finds and makes the subjects of one model's rows. Works with historical models."""

    def __init__(self, model: Any, using: str, ordinal: int) -> None:
        self.model, self.using, self.ordinal = model, using, ordinal
        apps = model._meta.apps
        self._subjects: Any = apps.get_model("kept_vault", "Subject")._base_manager.using(using)
        self._links: Any = apps.get_model("kept_vault", "Link")._base_manager.using(using)

    def of(self, rows: Sequence[Asked], *, kind: str = "", path: str = "") -> dict[Any, UUID]:
        """The subject of each row, made where there is none, and locked; by primary key.

        Raises `NotStoredError` V009 where one is being erased, V015 where an identifier stands for
        somebody else than the row does.
        """
        known = {pk: subject for pk, subject, _ in rows if subject is not None}
        asked = [pk for pk, subject, _ in rows if subject is None]
        known |= self._linked(asked)
        if path:
            known |= self._by_path([pk for pk in asked if pk not in known], path)
        found = self._by_identifier(rows, known, kind) if kind else known
        made = {pk: found.get(pk) or new_id() for pk, _, _ in rows}
        self._insert(set(made.values()))
        self._lock(set(made.values()))
        return made

    def _linked(self, pks: Sequence[Any]) -> dict[Any, UUID]:
        texts = {as_text(pk): pk for pk in pks}
        rows = self._links.filter(table=self.model._meta.label_lower, row__in=list(texts))
        return {texts[row]: subject for row, subject in rows.values_list("row", "subject_id")}

    def _by_path(self, pks: Sequence[Any], path: str) -> dict[Any, UUID]:
        rows = self.model._base_manager.using(self.using).filter(pk__in=pks)
        return {pk: one for pk, one in rows.values_list("pk", path) if one is not None}

    def _by_identifier(
        self, rows: Sequence[Asked], known: Mapping[Any, UUID], kind: str
    ) -> dict[Any, UUID]:
        normal = {pk: identifiers.normal(kind, value) for pk, _, value in rows if value}
        wanted: dict[str, UUID] = {}
        for pk, value in normal.items():
            if value:
                subject = known.get(pk)
                if wanted.setdefault(value, subject or new_id()) != subject and subject:
                    wanted[value] = subject
        holders = identifiers.claim_all(kind, wanted)
        found = dict(known)
        for pk, value in normal.items():
            if value and found.setdefault(pk, holders[value]) != holders[value]:
                raise NotStoredError(
                    IDENTIFIER, "the row's identifier already stands for another subject",
                    place=f"{self.model._meta.label} {pk}", do="merge the two subjects, then go on",
                )  # fmt: skip
        return found

    def _insert(self, ids: set[UUID]) -> None:
        model: type[Model] = self._subjects.model
        there = set(self._subjects.filter(pk__in=ids).values_list("pk", flat=True))
        self._subjects.bulk_create(
            [model(pk=id, collected=self.ordinal) for id in sorted(ids - there)],
            ignore_conflicts=True,
        )

    def _lock(self, ids: set[UUID]) -> None:
        rows = self._subjects.filter(pk__in=ids).order_by("pk")
        if connections[self.using].features.has_select_for_update:
            rows = rows.select_for_update(no_key=True)
        going = sorted({*rows.values_list("state", flat=True)} - _STAY)
        if going:
            raise NotStoredError(
                NOT_ACTIVE, f"a subject is {going[0]}", place=self.model._meta.label,
                do="finish the erasures (`kept vault finish`), then go on",
            )  # fmt: skip

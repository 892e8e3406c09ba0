"""What sealed fields do in queries: find by an identifier, refuse everything else with a reason.

Rules: `exact`, `iexact` and `in` on the field that finds the subject go to the key store for the
subjects and then compare opened values, in the current scope; what the gate withholds matches
nothing; a sealed field is never part of SQL.
"""

from collections.abc import Sequence
from typing import Any, NoReturn

from django.core.exceptions import EmptyResultSet
from django.db.models import Lookup
from django.db.models.expressions import Col

from kept import gate
from kept.vault import identifiers, opening
from kept.vault.errors import REFUSED_PATH, RefusedError
from kept.vault.rowstate import ATTRIBUTE
from kept.vault.shape import Sealable, Shape


def refuse(field: Sealable, what: str, do: str) -> NoReturn:
    """Raise `RefusedError` V012 for `what`, saying what to `do` instead."""
    model = getattr(field, "model", None)
    place = f"{model._meta.label}.{field.name}" if model else field.name
    raise RefusedError(
        REFUSED_PATH, f"{what} on the sealed field `{field.name}`", place=place, do=do
    )


class SealedCol(Col):
    """Stands where Django expects a column, and cannot become SQL."""

    target: Any  # a `Sealable`

    def as_sql(self, compiler: Any, connection: Any) -> NoReturn:
        """Refused."""
        refuse(
            self.target,
            "sorting, values(), annotating, aggregating or F()",
            "fetch the rows in a purpose scope and read the attribute in Python",
        )

    def get_lookup(self, lookup: str) -> type["Lookup[Any]"]:
        """The three lookups there are; the rest is refused."""
        found = _LOOKUPS.get(lookup)
        if found is None:
            refuse(
                self.target,
                f"`__{lookup}`",
                "look up by exact, iexact or in on the field that finds the subject, or filter "
                "in Python within a purpose scope",
            )
        shape: Shape = self.target.model._kept_shape
        if shape.found_by != self.target.name:
            refuse(
                self.target,
                f"`__{lookup}`",
                "only the field named in `Kept.subject` can be looked up; filter by `subject`",
            )
        return found

    def get_transform(self, name: str) -> NoReturn:
        """Refused."""
        refuse(self.target, f"`__{name}`", "filter in Python within a purpose scope")


class Exact(Lookup):
    """`email="…"`: rows of the subject whose opened value is the same, letter by letter."""

    lookup_name = "exact"
    lhs: SealedCol

    def get_prep_lookup(self) -> Any:
        """The wanted values. Raises `RefusedError` V012 for columns and queries."""
        if hasattr(self.rhs, "resolve_expression"):
            refuse(
                self.lhs.target, f"`__{self.lookup_name}` with a column or query",
                "compare in Python within a purpose scope",
            )  # fmt: skip
        return self.rhs

    def wanted(self) -> list[str]:
        """The values as text."""
        return [str(self.rhs)]

    def same(self, opened: str, wanted: Sequence[str]) -> bool:
        """Whether an opened value is one of those wanted."""
        return opened in wanted

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """`pk IN (…)` of the rows found. Raises `EmptyResultSet` for none."""
        field = self.lhs.target
        pks = self._matching(field, connection.alias)
        if not pks:
            raise EmptyResultSet
        pk = field.model._meta.pk
        sql, params = compiler.compile(Col(self.lhs.alias, pk, pk))
        marks = ", ".join(["%s"] * len(pks))
        values = (pk.get_db_prep_value(one, connection) for one in pks)
        return f"{sql} IN ({marks})", (*params, *values)

    def _matching(self, field: Sealable, using: str) -> list[Any]:
        scope, wanted = gate.current(), self.wanted()
        if scope is None:
            refuse(field, f"`__{self.lookup_name}` outside a purpose scope", "open a purpose scope")
        opening.count_lookup(scope, len(wanted), field.model._meta.label)
        subjects = set(identifiers.holders(field.category, wanted).values())
        if not subjects:
            return []
        model: Any = field.model
        rows = list(model._base_manager.using(using).filter(subject_id__in=subjects))
        found = []
        for row in rows:
            value = getattr(row, field.name)
            if not isinstance(value, gate.Sealed) and self.same(str(value), wanted):
                found.append(row.pk)
            row.__dict__.pop(ATTRIBUTE, None)
        return found


class InsensitiveExact(Exact):
    """`email__iexact="…"`: the same identifier, however it is written."""

    lookup_name = "iexact"

    def same(self, opened: str, wanted: Sequence[str]) -> bool:
        """See `Exact.same`."""
        category = self.lhs.target.category
        normal = {identifiers.normal(category, one) for one in wanted}
        return identifiers.normal(category, opened) in normal


class In(Exact):
    """`email__in=[…]`."""

    lookup_name = "in"

    def wanted(self) -> list[str]:
        """See `Exact.wanted`."""
        return [str(one) for one in self.rhs]


class JoinedRow(Lookup):
    """`IS NOT NULL` of the row that carries the field: what Django adds to negated joins."""

    lookup_name = "isnull"
    lhs: SealedCol

    def get_prep_lookup(self) -> Any:
        """Only "is there" can be answered."""
        if self.rhs:
            refuse(self.lhs.target, "`__isnull`", "read the attribute in a purpose scope")
        return self.rhs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """The primary key is there."""
        pk = self.lhs.target.model._meta.pk
        sql, params = compiler.compile(Col(self.lhs.alias, pk, pk))
        return f"{sql} IS NOT NULL", (*params,)


_LOOKUPS: dict[str, type["Lookup[Any]"]] = {
    "exact": Exact,
    "iexact": InsensitiveExact,
    "in": In,
}

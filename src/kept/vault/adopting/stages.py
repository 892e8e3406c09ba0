"""How a table goes from clear columns to an envelope and back: three states, one way between each.

Clear columns only; both; the envelope only. Rules: each change of the table is one transaction, so
that a kill leaves one of the three, which is found by looking at the table; the last change
compares every row under a lock in the same transaction, and drops nothing while one differs; what
is dropped is scrubbed from the database's files.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import DatabaseError, models, transaction
from django.db.migrations.operations import AddField, AlterField, RemoveField

from kept import gate
from kept._kit import progress
from kept._kit.errors import KeptError
from kept.vault import placing, resealing
from kept.vault.adopting import saying, scrubbing, work
from kept.vault.adopting.loose import loose
from kept.vault.adopting.waiting import stand_still
from kept.vault.errors import NOT_ATOMIC, STALE, UNDECLARED, NotStoredError, RefusedError
from kept.vault.holdings.links import as_text

_ROUNDS = 5
"""How often rows that changed meanwhile are gone through again before the site is too busy."""


class Stage(NamedTuple):
    """One model between two of Django's states."""

    using: str
    app_label: str
    model_name: str
    clear: Any
    """The project's state with the clear columns."""
    sealed: Any
    """The project's state with the envelope."""
    names: tuple[str, ...]
    day: str
    path: str

    @property
    def added(self) -> list[str]:
        """The columns that sealing adds."""
        before, after = self.columns(self.clear), self.columns(self.sealed)
        return [name for name in after if name not in before]

    @property
    def both(self) -> Any:
        """The project's state half-way: what is added may be empty."""
        state, fields = self.clear.clone(), self.columns(self.sealed)
        for name in self.added:
            self.add(name, loose(fields[name])).state_forwards(self.app_label, state)
        return state

    def add(self, name: str, field: Any) -> AddField:
        """Django's operation."""
        return AddField(self.model_name, name, field)

    def columns(self, state: Any) -> Any:
        """The fields of the model in `state`."""
        return state.models[self.app_label, self.model_name].fields

    def label(self) -> str:
        """For messages."""
        return str(self.clear.models[self.app_label, self.model_name].name)

    def work(self) -> work.Work:
        """The rows, half-way."""
        model: Any = self.both.apps.get_model(self.app_label, self.model_name)
        envelope = self.columns(self.sealed)["sealed"]
        columns = {field.name for field in model._meta.concrete_fields}
        return work.Work(
            model=model, names=self.names, fields=envelope.schema,
            table=envelope.table or model._meta.label_lower, collect=envelope.collect,
            found_by=envelope.found_by, path=self.path, day=self.day,
            bound="row_id" if "row_id" in columns else model._meta.pk.attname, using=self.using,
        )  # fmt: skip


def seal(stage: Stage, editor: Any) -> None:
    """Clear columns to envelope. May be killed anywhere and run again."""
    there = _prepare(stage, editor)
    places = _places(stage)
    if not any(places[name] in there for name in stage.names):
        _scrub(stage, editor)
        return
    _refuse_unready(stage)
    fields = stage.columns(stage.sealed)
    missing = [name for name in stage.added if places[name] not in there]
    if missing:
        _change(stage, editor, stage.clear, [stage.add(n, loose(fields[n])) for n in missing])
    first = "subject" in stage.added
    last = [
        *(RemoveField(stage.model_name, name) for name in stage.names),
        *(AlterField(stage.model_name, name, fields[name].clone()) for name in stage.added),
    ]
    way = Way("sealing", work.seal, work.undone, last, stage.both)
    way = way._replace(also=_cover_and_drop_links if first else _cover)
    placing.look_again(stage.using)
    done = _walk(stage, editor, way)
    _scrub(stage, editor)
    if done:
        saying.sealed(stage.label(), stage.names, done, postgres=_is_postgres(editor),
                      no_day=first and not stage.day)  # fmt: skip


def unseal(stage: Stage, editor: Any) -> None:
    """Envelope to clear columns. May be killed anywhere and run again."""
    there = _prepare(stage, editor)
    rest, places = stage.columns(stage.clear), _places(stage)
    if "sealed" in stage.added and places["sealed"] not in there:
        return
    missing = [name for name in stage.names if places[name] not in there]
    if missing:
        state = stage.both
        for name in missing:
            state.remove_field(stage.app_label, stage.model_name, name)
        _change(stage, editor, state, [stage.add(name, loose(rest[name])) for name in missing])
    last = [
        *(AlterField(stage.model_name, name, rest[name].clone()) for name in stage.names),
        *(RemoveField(stage.model_name, name) for name in stage.added),
    ]
    move = _link_and_unseal if "subject" in stage.added else work.unseal
    way = Way("unsealing", move, work.unopened, last, _loosened(stage))
    done = _walk(stage, editor, way)
    if "sealed" not in stage.added:
        left: Any = stage.clear.apps.get_model(stage.app_label, stage.model_name)
        resealing.reseal(left, using=stage.using)
    if done:
        saying.unsealed(stage.label(), stage.names, done)


def _prepare(stage: Stage, editor: Any) -> set[str]:
    """Refuse a transaction around all of it; the columns that the table has."""
    connection = editor.connection
    scrubbing.require_known(connection)
    if connection.in_atomic_block:
        raise RefusedError(NOT_ATOMIC, "the migration is one transaction", place=stage.label())
    table = stage.clear.apps.get_model(stage.app_label, stage.model_name)._meta.db_table
    with connection.cursor() as cursor:
        found = connection.introspection.get_table_description(cursor, table)
    return {column.name for column in found}


def _places(stage: Stage) -> dict[str, str]:
    """The column of each field, half-way."""
    model: Any = stage.both.apps.get_model(stage.app_label, stage.model_name)
    return {field.name: field.column for field in model._meta.concrete_fields}


def _refuse_unready(stage: Stage) -> None:
    """Where there are rows, there has to be a policy: see so before anything is changed."""
    model: Any = stage.clear.apps.get_model(stage.app_label, stage.model_name)
    if not model._base_manager.using(stage.using).exists():
        return
    try:
        _, policy = gate.in_force().in_force
    except (DatabaseError, KeptError) as error:
        raise NotStoredError(
            UNDECLARED, f"no policy is posted that says what may be kept ({error})",
            place=stage.label(), do="migrate the apps of Kept, post the policy, then seal",
        ) from error  # fmt: skip
    envelope = stage.columns(stage.sealed)["sealed"]
    clause = policy.collect.get(envelope.collect or "")
    for name in stage.names:
        wanted = envelope.schema[name].category
        said = None if clause is None else clause.fields.get(name)
        if said != wanted:
            raise NotStoredError(
                UNDECLARED,
                f"`[collect.{envelope.collect}]` in the policy in force says `{said}` of `{name}`, "
                f"the model `{wanted}`", place=stage.label(),
            )  # fmt: skip


class Way(NamedTuple):
    """One direction."""

    says: str
    move: Callable[[work.Work, Sequence[Any]], int]
    """Moves a batch."""
    differs: Callable[[work.Work, Sequence[Any]], bool]
    """Whether a row of a batch is not moved, or not as it is now."""
    last: Sequence[Any]
    """Django's operations that drop what was moved and tighten the rest."""
    state: Any
    """The project's state that they begin with."""
    also: Callable[[work.Work], None] = lambda _: None
    """What else belongs to the last transaction."""


def _walk(stage: Stage, editor: Any, way: Way) -> int:
    """Move every row, then compare every row and change the table; how many rows there are."""
    rows = stage.work()
    for _ in range(_ROUNDS):
        with progress.bar(f"{way.says} {stage.label()}") as told:
            for pks in rows.batches(told):
                way.move(rows, pks)
        with _changing(editor) as inner:
            _lock(rows, editor.connection)
            with progress.bar(f"comparing {stage.label()}") as told:
                same = all(not way.differs(rows, pks) for pks in rows.batches(told))
            if same:
                total = rows.rows().count()
                way.also(rows)
                _run(stage, inner, way.state, way.last)
                return int(total)
    raise NotStoredError(
        STALE, f"rows of {stage.label()} are changed faster than they are gone through",
        do="stop the site and run `manage.py migrate` again",
    )  # fmt: skip


def _loosened(stage: Stage) -> Any:
    """Half-way back: the clear columns may be empty."""
    state, fields = stage.both, stage.columns(stage.clear)
    for name in stage.names:
        AlterField(stage.model_name, name, loose(fields[name])).state_forwards(
            stage.app_label, state
        )
    return state


def _change(stage: Stage, editor: Any, state: Any, operations: Sequence[Any]) -> None:
    with _changing(editor) as inner:
        _run(stage, inner, state, operations)


def _run(stage: Stage, editor: Any, state: Any, operations: Sequence[Any]) -> None:
    for operation in operations:
        after = state.clone()
        operation.state_forwards(stage.app_label, after)
        operation.database_forwards(stage.app_label, editor, state, after)
        state = after


@contextmanager
def _changing(editor: Any) -> Iterator[Any]:
    """One transaction that changes the table, foreign keys and indexes included."""
    connection = editor.connection
    try:
        with connection.schema_editor(atomic=True) as inner:
            yield inner
    finally:
        if connection.vendor == "sqlite":  # the outer editor counts on it for what comes next
            connection.disable_constraint_checking()


def _lock(rows: work.Work, connection: Any) -> None:
    """Nobody else reads or writes the table until the transaction ends."""
    stand_still(connection, rows.model)
    if connection.features.has_select_for_update:
        table = connection.ops.quote_name(rows.model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")


def _links(rows: work.Work) -> Any:
    link: Any = rows.model._meta.apps.get_model("kept_vault", "Link")
    return link._base_manager.using(rows.using)


def _drop_links(rows: work.Work) -> None:
    """The rows have a subject of their own now."""
    _links(rows).filter(table=rows.model._meta.label_lower).delete()


def _cover(rows: work.Work) -> None:
    """What a hold kept in clear, it keeps sealed."""
    placing.look_again(rows.using)


def _cover_and_drop_links(rows: work.Work) -> None:
    _cover(rows)
    _drop_links(rows)


def _link(rows: work.Work, pks: Sequence[Any]) -> None:
    """Note whose the rows are, as they are about to lose their subject."""
    table, links = rows.model._meta.label_lower, _links(rows)
    with transaction.atomic(using=rows.using):
        links.bulk_create(
            [
                links.model(table=table, row=as_text(row.pk), subject_id=row.subject)
                for row in rows.read(pks)
                if row.subject is not None
            ],
            ignore_conflicts=True,
        )


def _link_and_unseal(rows: work.Work, pks: Sequence[Any]) -> int:
    _link(rows, pks)
    return work.unseal(rows, pks)


def _scrub(stage: Stage, editor: Any) -> None:
    model: models.Model = stage.clear.apps.get_model(stage.app_label, stage.model_name)
    with progress.bar(f"scrubbing {stage.label()}"):
        scrubbing.scrub(editor.connection, model._meta.db_table)


def _is_postgres(editor: Any) -> bool:
    return bool(editor.connection.vendor == "postgresql")

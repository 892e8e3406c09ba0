"""Turns what pydantic found wrong into problems of ours: code, line, word, suggestion.

Rules: each kind of finding has one code; a finding that no rule below knows is still an error.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from kept.policy import taxonomy
from kept.policy.model import Policy
from kept.policy.positions import Path
from kept.policy.problems import Problem, Where
from kept.policy.sections.rights import RIGHTS
from kept.policy.words import short

_MOST = 100
_TYPES = {
    "string_type": "a text in quotes",
    "bool_type": "`true` or `false`",
    "int_type": "a whole number",
    "date_type": "a date such as 2024-01-31, without quotes",
    "tuple_type": "a list in brackets",
    "mapping_type": "a table",
    "model_type": "a table",
    "dict_type": "a table",
}
_FOUND = {str: "a text", bool: "true or false", int: "a number", float: "a number", list: "a list"}


def reserved(tree: Mapping[str, Any], where: Where) -> Iterator[Problem]:
    """Keys that only the loader may set."""
    for section, table in tree.items():
        if section == "\0text":
            yield where.error("E004", "unknown section", (section,), word=section)
        for key, clause in table.items() if isinstance(table, dict) else ():
            if isinstance(clause, dict) and "id" in clause and _many(section):
                path = (section, key, "id")
                yield where.error("E004", f"unknown key `id` in `[{section}.{short(key)}]`", path)


def problems(error: ValidationError, tree: Mapping[str, Any], where: Where) -> list[Problem]:
    """The problems behind `error`, at most a hundred."""
    every = error.errors(include_url=False, include_input=False)
    found = [one for one in every if not one["loc"] or one["loc"][-1] != "id"][:_MOST]
    return [_problem(one, tree, where) for one in found]


def _problem(one: ErrorDetails, tree: Mapping[str, Any], where: Where) -> Problem:
    path, kind, context = tuple(one["loc"]), one["type"], one.get("ctx", {})
    key = path[-1] == "[key]" if path else False
    path = path[:-1] if key else path
    if kind.startswith("E0"):
        return _own(kind, context, path, tree, where)
    if key or kind == "extra_forbidden":
        return _unknown_key(path, where)
    if kind == "missing":
        return where.error("E005", f"`{path[-1]}` is missing in {_table(path[:-1])}", path)
    value = _at(tree, path)
    if kind == "literal_error":
        return _not_one_of(str(value), str(context.get("expected", "")), path, where)
    if kind in _TYPES:
        was = _FOUND.get(type(value), "another kind of value")
        message = f"`{_key(path)}` needs {_TYPES[kind]}, not {was}"
        return where.error("E007", message, path, word=_key(path))
    message = f"`{_key(path)}` in {_table(path[:-1])}: {one['msg'].lower()}"
    return where.error("E018", message, path, word=_key(path))


def _own(
    kind: str, context: Mapping[str, Any], path: Path, tree: Mapping[str, Any], where: Where
) -> Problem:
    word, among = str(context["word"]), str(context.get("among", ""))
    known: Any = ()
    if among == "categories":
        known = taxonomy.categories()
    elif among == "fields":
        known = _fields(_at(tree, path))
    elif among == "rights":
        known = RIGHTS
    at = (*path, word) if kind in ("E020", "E021", "E022", "E023", "E026") else path
    return where.error(kind, str(context["message"]), at, word=word, among=known)


def _unknown_key(path: Path, where: Where) -> Problem:
    word = str(path[-1])
    if len(path) == 1:
        known = _sections()
        return where.error("E004", f"unknown section `{short(word)}`", path, word=word, among=known)
    known = _keys(str(path[0]))
    message = f"unknown key `{short(word)}` in {_table(path[:-1])}"
    return where.error("E004", message, path, word=word, among=known)


def _not_one_of(word: str, expected: str, path: Path, where: Where) -> Problem:
    known = tuple(one.strip("' ") for one in expected.replace(" or ", ", ").split(","))
    listed = ", ".join(f"`{one}`" for one in known)
    message = f"`{short(word)}` is no `{_key(path)}`; it is one of {listed}"
    return where.error("E008", message, path, word=word, among=known)


def _table(path: Path) -> str:
    return f"`[{'.'.join(short(str(part)) for part in path)}]`" if path else "the file"


def _key(path: Path) -> str:
    return short(str(next((part for part in reversed(path) if isinstance(part, str)), "file")))


def _at(tree: Any, path: Path) -> Any:
    for part in path:
        try:
            tree = tree[part]
        except (KeyError, IndexError, TypeError):
            return tree
    return tree


def _fields(clause: Any) -> list[str]:
    groups = [clause.get(name, {}) for name in ("required", "optional", "added", "automatic")]
    return [name for group in groups if isinstance(group, dict) for name in group]


@cache
def _sections() -> tuple[str, ...]:
    return tuple(
        str(one.alias)
        for one in Policy.model_fields.values()
        if not str(one.alias).startswith("\0")
    )


@cache
def _keys(section: str) -> tuple[str, ...]:
    model = _model(section)
    if model is None:
        return ()
    return tuple(str(one.alias) for name, one in model.model_fields.items() if name != "id")


def _many(section: str) -> bool:
    model = _model(section)
    return model is not None and "id" in model.model_fields


@cache
def _model(section: str) -> type[BaseModel] | None:
    """The model of a section's table, or of each of its tables."""
    for one in Policy.model_fields.values():
        if one.alias == section:
            return next(_models(one.annotation), None)
    return None


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)

"""What every section is made of: the frozen base model and the types of single values.

Rules: unknown keys are errors; TOML's types are taken as they are (no number for a text); a value
that is wrong raises an error of a registered code with the offending word, so that the loader can
say where it stands and what was probably meant.
"""

import re
from collections.abc import Callable, Mapping, Sized
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    PlainValidator,
    SerializerFunctionWrapHandler,
    WrapSerializer,
)
from pydantic.json_schema import WithJsonSchema
from pydantic_core import PydanticCustomError

from kept.policy import taxonomy
from kept.policy.frozen import Frozen
from kept.policy.keep import Lifetime
from kept.policy.period import Period, parse

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_FIELD = re.compile(r"[a-z][a-z0-9_]*")
_COOKIE = re.compile(r"[A-Za-z0-9_.-]+\*?")
_HOST = re.compile(r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+")
_ROUTE = re.compile(r"/[A-Za-z0-9/_.~*-]*")
_PLACE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?|worldwide")
_EMAIL = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_LINK = re.compile(r"(https?://[A-Za-z0-9.:-]+(/[^\s<>\"'`]*)?|/([^\s/<>\"'`][^\s<>\"'`]*)?)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_LONGEST_NAME = 64
_LONGEST_TEXT = 2_000
MOST_ITEMS = 256
"""The longest list or table inside a clause: rules between clauses stay linear in the file."""


def dashed(name: str) -> str:
    """The key in the file of the attribute `name`: `text_digest` is `text-digest`."""
    return name.rstrip("_").replace("_", "-")


class Clause(BaseModel):
    """A table of the file. Frozen, strict, and closed to keys it does not know."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, alias_generator=dashed, hide_input_in_errors=True
    )


def wrong(code: str, message: str, word: str, **more: str) -> PydanticCustomError:
    """An error of the registered `code` about `word`, for the loader to place in the file."""
    return PydanticCustomError(code, "{message}", {"message": message, "word": word, **more})


def _matching(pattern: re.Pattern[str], code: str, what: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if len(value) > _LONGEST_NAME * 4 or not pattern.fullmatch(value):
            raise wrong(code, f"malformed {what} `{short(value)}`", value)
        return value

    return check


def short(value: str) -> str:
    """`value` cut to what fits in an error line."""
    plain = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", value.replace("`", "'"))
    return plain if len(plain) <= _LONGEST_NAME else f"{plain[:_LONGEST_NAME]}…"


def _name(value: str) -> str:
    if len(value) > _LONGEST_NAME or not _ID.fullmatch(value):
        raise wrong("E006", f"malformed name `{short(value)}`", value)
    return value


def _text(value: str) -> str:
    if not value.strip():
        raise wrong("E009", "an empty text where a sentence is needed", value)
    if len(value) > _LONGEST_TEXT:
        raise wrong("E009", f"a text of {len(value)} characters; {_LONGEST_TEXT} is the most", "")
    if _CONTROL.search(" ".join(value.split())):
        raise wrong("E009", f"a control character in the text `{short(value)}`", value)
    return " ".join(value.split())


def _category(value: str) -> str:
    if value not in taxonomy.categories():
        raise wrong("E011", f"unknown category `{short(value)}`", value, among="categories")
    return value


def _leaf(value: str) -> str:
    if taxonomy.category(_category(value)).kind == "group":
        raise wrong("E012", f"`{value}` is a group of categories; a field needs one of them", value)
    return value


def _category_or_all(value: str) -> str:
    return value if value == "*" else _category(value)


def _period(value: object) -> Period:
    if isinstance(value, Period):
        return value
    if isinstance(value, str) and (made := parse(value)) is not None:
        return made
    raise wrong("E010", f"unreadable period `{short(str(value))}`", str(value))


def _keep(value: object) -> Period | Literal["indefinitely"]:
    return "indefinitely" if value == "indefinitely" else _period(value)


def _lifetime(value: object) -> Lifetime:
    if value == "session":
        return Lifetime("session")
    if value == "until log out":
        return Lifetime("until log out")
    return Lifetime("period", _period(value))


def _many(value: object) -> object:
    if isinstance(value, str):
        return (value,)
    return tuple(_bounded(value)) if isinstance(value, list) else value


def _bounded(value: Sized) -> Any:
    if len(value) > MOST_ITEMS:
        raise wrong("E018", f"{len(value)} entries where {MOST_ITEMS} are the most", "")
    return value


def _lifetime_text(value: Lifetime) -> str:
    return str(value.period) if value.period else value.kind


T = TypeVar("T")
_PERIOD_SCHEMA = {"type": "string", "pattern": r"^[0-9]{1,5} (hour|day|week|month|year)s?$"}

Text = Annotated[str, AfterValidator(_text)]
"""A text for people: one line after white space is folded, without control characters."""
Name = Annotated[str, AfterValidator(_name)]
"""An id of ours: lower case words joined by hyphens."""
FieldName = Annotated[str, AfterValidator(_matching(_FIELD, "E006", "field name"))]
"""A form field: lower case words joined by underscores."""
CookieName = Annotated[str, AfterValidator(_matching(_COOKIE, "E006", "cookie name"))]
"""A cookie's name (a token of RFC 6265); a star at its end covers every name that begins so."""
Host = Annotated[str, AfterValidator(_matching(_HOST, "E013", "host"))]
Route = Annotated[str, AfterValidator(_matching(_ROUTE, "E013", "route"))]
"""A path of the site; a star covers any rest."""
Email = Annotated[str, AfterValidator(_matching(_EMAIL, "E013", "email address"))]
Link = Annotated[str, AfterValidator(_matching(_LINK, "E013", "link"))]
"""A path of the site or an `https://` address; nothing else may stand in an `href`."""
Place = Annotated[str, AfterValidator(_matching(_PLACE, "E013", "place"))]
"""A country (ISO 3166-1), a part of one (ISO 3166-2), or `worldwide`."""
CategoryName = Annotated[str, AfterValidator(_category)]
"""A category or a group of categories."""
Leaf = Annotated[str, AfterValidator(_leaf)]
"""A category with values of its own."""
CategoryOrAll = Annotated[str, AfterValidator(_category_or_all)]
PeriodText = Annotated[
    Period,
    PlainValidator(_period),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(_PERIOD_SCHEMA),
]
KeepText = Annotated[
    Period | Literal["indefinitely"],
    PlainValidator(_keep),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"anyOf": [{"enum": ["indefinitely"]}, _PERIOD_SCHEMA]}),
]
LifetimeText = Annotated[
    Lifetime,
    PlainValidator(_lifetime),
    PlainSerializer(_lifetime_text, return_type=str),
    WithJsonSchema({"anyOf": [{"enum": ["session", "until log out"]}, _PERIOD_SCHEMA]}),
]
Many = Annotated[tuple[T, ...], BeforeValidator(_many)]
"""A list; one bare text stands for a list of one."""


def _freeze(value: Mapping[str, Any]) -> Mapping[str, Any]:
    return Frozen(value)


def _freeze_bounded(value: Mapping[str, Any]) -> Mapping[str, Any]:
    return Frozen(_bounded(value))


def _thawed(value: Mapping[str, Any], write: SerializerFunctionWrapHandler) -> Any:
    return write(dict(value))


K = TypeVar("K")
Table = Annotated[Mapping[K, T], AfterValidator(_freeze_bounded), WrapSerializer(_thawed)]
"""A read-only mapping."""


def _with_ids(value: object) -> object:
    if not isinstance(value, dict):
        return value
    return {
        key: {**table, "id": key} if isinstance(table, dict) else table
        for key, table in value.items()
    }


Clauses = Annotated[
    Mapping[K, T],
    BeforeValidator(_with_ids),
    AfterValidator(_freeze),
    WrapSerializer(_thawed),
]
"""Named clauses: each knows its own name as `id`."""

EMPTY: Mapping[Any, Any] = Frozen({})
"""The mapping with nothing in it, for defaults."""

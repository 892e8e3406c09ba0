"""The reference pages of the policy language, written from its models, taxonomy and codes.

`tools/reference.py` writes them with the other pages; nothing can be missing from them.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

WRITTEN = "<!-- Written by `make docs` from the code; do not edit. -->\n"

_INTRO = """# The policy language

A policy is a TOML file in UTF-8. Sections are tables; most hold named clauses (`[purposes.news]`).
Unknown sections and keys are [errors](policy-codes.md), never ignored. Where a key has a default,
it is the stricter one.

| kind of value | written |
|---|---|
| name | lower case words with hyphens: `answer-inquiry` |
| field | lower case words with underscores: `first_name` |
| text | text in quotes, at most 2,000 characters; phrases that stand inside a sentence \
end without a full stop |
| period | a number and a unit: `"2 years"`, `"30 days"`, `"72 hours"`; `24 months` is `2 years` |
| lifetime | a period, `"session"` (until the browser closes) or `"until log out"` |
| category | a row of the [taxonomy](#taxonomy); `contact` covers all that begins with `contact.` |
| place | a country (`"US"`), a part of one (`"US-CA"`) or `"worldwide"` |
| list | `["a", "b"]`; one bare text is a list of one; at most 256 entries |

`kept policy check FILE` says what is wrong, `kept policy show FILE` what people will read. Start
with [how to write a policy](../how-to/write-a-policy.md). As a schema for other programs:
[policy.schema.json](policy.schema.json).
"""

_KINDS = {
    "_name": "name",
    "_text": "text",
    "_category": "category",
    "_leaf": "category of a value",
    "_category_or_all": "category or `*`",
    "_right": "right",
    "_period": "period",
    "_keep": 'period or `"indefinitely"`',
    "_lifetime": "lifetime",
}
_MATCHED = {
    "field name": "field",
    "cookie name": "cookie name",
    "host": "host",
    "route": "path",
    "email address": "email address",
    "link": "path or address",
    "place": "place",
}


_PLAIN = {bool: "`true` or `false`", int: "number", date: "date", str: "text"}


def pages() -> dict[str, str]:
    """Each page's file name and content."""
    from kept.policy import export

    return {
        "policy-language.md": WRITTEN + "\n".join(_language()).rstrip() + "\n",
        "policy-codes.md": WRITTEN + "\n".join(_codes()).rstrip() + "\n",
        "policy.schema.json": json.dumps(export.schema(), indent=2, ensure_ascii=False) + "\n",
    }


def _language() -> Iterator[str]:
    from kept.policy import Policy

    yield _INTRO
    for field in Policy.model_fields.values():
        section = str(field.alias)
        if section.startswith("\0"):
            continue
        model = next(_models(field.annotation))
        many = "id" in model.model_fields
        yield f"## `[{section}.…]`\n" if many else f"## `[{section}]`\n"
        yield f"{_sentence(model)}{'' if field.is_required() else ' Optional.'}\n"
        yield "| key | value | default | meaning |\n|---|---|---|---|"
        for name, inner in model.model_fields.items():
            if name != "id":
                yield _row(inner)
        yield ""
    yield from _taxonomy()


def _sentence(model: type[BaseModel]) -> str:
    """What the section is, without the ids of the promise register."""
    text = " ".join((model.__doc__ or "").split())
    text = re.sub(r"(?:[UIS]+C?-\d\d(?: to |, |; )?)+", "", text)
    return re.sub(r" \(\s*\)|; ?(?=\))|, (?=\))", "", text)


def _row(field: FieldInfo) -> str:
    default = field.default
    if default is PydanticUndefined:
        shown = "required"
    elif default in (None, (), {}) or (not default and not isinstance(default, bool)):
        shown = ""
    else:
        shown = f"`{str(default).lower() if isinstance(default, bool) else default}`"
    cells = (f"`{field.alias}`", _kind(field), shown, str(field.description or ""))
    return "| " + " | ".join(_cell(one) for one in cells) + " |"


def _kind(field: FieldInfo) -> str:
    return _of(field.annotation, list(field.metadata))


def _of(annotation: Any, metadata: list[Any]) -> str:
    """The kind of value in words: by the function that checks it, else by its type."""
    for one in metadata:
        function = getattr(one, "func", None)
        name = getattr(function, "__name__", "")
        if name in _KINDS:
            return _KINDS[name]
        if name == "check":
            return _MATCHED[_closed(function)["what"]]
    if hasattr(annotation, "__metadata__"):
        return _of(get_args(annotation)[0], list(annotation.__metadata__))
    return _typed(annotation)


def _typed(annotation: Any) -> str:
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return ", ".join(f'`"{one}"`' for one in args)
    said = [_of(one, []) for one in args if one not in (type(None), ...)]
    if origin is tuple:
        return f"list: {said[0]}"
    if origin is Mapping:
        return f"table: {said[0]} = {said[1]}"
    return " or ".join(said) if said else _PLAIN[annotation]


def _closed(function: Any) -> dict[str, Any]:
    cells = (cell.cell_contents for cell in function.__closure__ or ())
    return dict(zip(function.__code__.co_freevars, cells, strict=True))


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _taxonomy() -> Iterator[str]:
    from kept.policy import categories

    yield "## Taxonomy\n"
    yield (
        "Each kind of personal data with what people read, the type of its values, its term in\n"
        "the [W3C Data Privacy Vocabulary](https://w3id.org/dpv) and its key in the Fides\n"
        "taxonomy.\n"
    )
    yield "| category | people read | value | DPV | Fides |\n|---|---|---|---|---|"
    for one in categories().values():
        kind = "" if one.kind == "group" else one.kind
        yield f"| `{one.key}` | {one.yours} | {kind} | `{one.dpv}` | `{one.fides}` |"


def _codes() -> Iterator[str]:
    from kept.policy import codes

    yield "# Codes of the policy language\n"
    yield (
        "`E…` is an error: the file is no policy. `W…` is a lint: it is one, and had better be\n"
        "changed. `kept policy explain E014` shows the same on a terminal.\n"
    )
    yield "Examples stand after this head, unless they begin with `[policy]` themselves:\n"
    yield f"```toml\n{codes.HEAD}```\n"
    for one in codes.ENTRIES.values():
        yield f"## {one.id} {one.title}\n\n{one.why}\n\n**Do:** {one.do}.\n"
        yield f"Not so:\n\n```toml\n{one.bad}```\n"
        yield f"But so:\n\n```toml\n{one.good}```\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")

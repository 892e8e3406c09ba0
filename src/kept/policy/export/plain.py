"""A policy as plain JSON, in the shape of its file, and the schema of that shape."""

from datetime import date
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaWarningKind

from kept.policy.model import Policy

SCHEMA = "https://json-schema.org/draft/2020-12/schema"


def plain(policy: Policy) -> dict[str, Any]:
    """The policy in the keys of its file, defaults filled in; ready for `json.dumps`."""
    return _plain(policy.model_dump(by_alias=True))  # type: ignore[no-any-return]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items() if one is not None}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


class _Generator(GenerateJsonSchema):
    """Says nothing of defaults that are empty mappings: absent is what they mean."""

    ignored_warning_kinds: set[JsonSchemaWarningKind] = {"non-serializable-default"}


def schema() -> dict[str, Any]:
    """The JSON schema of `plain`, made from the models."""
    made = Policy.model_json_schema(schema_generator=_Generator, mode="validation")
    made["properties"].pop("\0text", None)
    return {"$schema": SCHEMA, "$id": "urn:kept:policy-schema", **made, "title": "Kept policy"}

"""What Django's own tables and the job queue keep. Declared here, because nobody else can.

Rules: the admin's log names rows by type and id, never by what they print (`object_repr`, and the
`object` of each change), however it is written; sessions and job results hold ids and end by
themselves; the time of a last login is not kept at all (`AbstractSealedUser`).
"""

import json
from typing import Any

from django.apps import apps

from kept.vault.holdings.declared import by_default

_LOG = "admin.LogEntry"


def declare() -> None:
    """Called once, by the vault's app."""
    by_default("auth.Permission", "names of rights, from the code", though=("name", "codename"))
    by_default("auth.Group", "names of groups of staff", though=("name",))
    by_default("contenttypes.ContentType", "names of models, from the code")
    by_default("sessions.Session", "a random key, the account's random id, and an end")
    by_default(_LOG, "which row, by type and id, was changed by which account")
    by_default("sites.Site", "the site's own address", though=("name",))
    by_default(
        "django_tasks_database.DBTaskResult",
        "names of jobs, ids as arguments, times",
        though=("backend_name", "queue_name"),
    )
    if apps.is_installed("django.contrib.admin"):
        _name_rows_by_id()


def _name_rows_by_id() -> None:
    """Let both texts of a log entry be written without what the row prints.

    On the fields, because the admin writes many entries at once with `bulk_create`, which sends no
    signal.
    """
    label: str = _LOG  # not a literal: the admin is only there where the host installed it
    entry: Any = apps.get_model(label)
    entry._meta.get_field("object_repr").pre_save = _type_and_id
    entry._meta.get_field("change_message").pre_save = _without_objects


def _type_and_id(entry: Any, add: bool) -> str:
    kind = entry.content_type
    entry.object_repr = f"{kind.model if kind else 'row'} {entry.object_id}"
    return str(entry.object_repr)


def _without_objects(entry: Any, add: bool) -> str:
    """Drop the printed rows from Django's JSON; a text of the host's own is dropped whole."""
    try:
        parts = json.loads(entry.change_message or "[]")
    except ValueError:
        parts = []
    for part in parts if isinstance(parts, list) else ():
        for change in part.values():
            change.pop("object", None)
    entry.change_message = json.dumps(parts)
    return str(entry.change_message)

"""Bring a project up to date before it serves: checks, database, keys, policy, mails, operator.

Rules: in this order, and nothing serves when one of them fails. Each is cheap when there is
nothing to do.
"""

import sys
from typing import Any

from kept._kit.errors import KeptError, code
from kept.cli import _project

CHECKS = code(
    "X023",
    "Django's system checks found errors",
    do="correct them; `manage.py check --deploy` lists all",
)
DATABASE = code(
    "X024", "The database cannot be used", do="see that it runs and its address is right"
)


def prepare() -> dict[str, Any]:
    """What was done.

    `migrated` (how many migrations), `policy` (its version), `operator` (user name and one-time
    password of a first operator made now, or None), `mailbox` (whether there is a local one),
    `jobs` (whether tasks wait in the database for a worker), `parts` (what apps want to be run
    beside the site).
    Raises `KeptError`: X001 to X004, X023, X024 or a room's own.
    """
    _project.setup()
    from kept import conf, vault

    vault.refuse_unfinished()
    _check(deployed=conf.settings().production)
    migrated = migrate()
    vault.key_store()  # a lost or foreign one is told now, not with the first visitor
    from kept import promises
    from kept.keepers.accounts.flows import make_operator
    from kept.keepers.sharing.flows import resume

    promises.adopt()
    resume()
    _finish_erasures()
    return {
        "migrated": migrated,
        "policy": promises.current().policy.meta.version,
        "operator": make_operator(),
        "mailbox": conf.settings().mailbox,
        "jobs": _jobs(),
        "parts": _parts(),
    }


def _finish_erasures() -> None:
    """Finish what a crash left half erased; a table that still fails is told and tried again."""
    from kept import vault

    for one in vault.finish_erasures():
        if not one.done:
            sys.stderr.write(
                f"an erasure reached {one.reached} of {one.expected} rows; "
                f"not yet: {', '.join(one.failed) or 'see kept vault show'}\n"
            )
    vault.sweep_files()


def _jobs() -> bool:
    from django.apps import apps

    return apps.is_installed("django_tasks_db")


def _parts() -> dict[str, str]:
    """What installed apps want to be run beside the site: name -> module with `main()`."""
    from django.apps import apps

    found: dict[str, str] = {}
    for app in apps.get_app_configs():
        found |= getattr(app, "kept_parts", {})
    return found


def _check(*, deployed: bool) -> None:
    """Refuse what Django's checks call an error; in production, deployment's checks too."""
    from django.core import checks

    found = checks.run_checks(include_deployment_checks=deployed)
    errors = [message for message in found if message.is_serious()]
    for message in errors:
        sys.stderr.write(f"{message}\n")
    if errors:
        raise KeptError(CHECKS, f"{len(errors)} errors, listed above")


def migrate() -> int:
    """Bring the tables up to date; how many migrations. Raises `KeptError` X024."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from django.db.utils import OperationalError

    try:
        executor = MigrationExecutor(connection)
    except OperationalError as error:
        raise KeptError(DATABASE, str(error).strip().partition("\n")[0]) from error
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        call_command("migrate", verbosity=0, interactive=False)
    return len(plan)

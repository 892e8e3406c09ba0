"""Bring a project up to date before it serves: checks, database, policy, first operator.

Rules: in this order, and nothing serves when one of them fails. Each is cheap when there is
nothing to do.
"""

from typing import Any

from kept._kit.errors import KeptError, code
from kept.cli import _project

CHECKS = code("X023", "Django's system checks found errors", do="correct them: `manage.py check`")
DATABASE = code(
    "X024", "The database cannot be used", do="see that it runs and its address is right"
)


def prepare() -> dict[str, Any]:
    """What was done: `migrated` (a number), `policy` (its version), `operator` (or null).

    An operator that was just made is a user name and a one-time password.

    Raises `KeptError`: X001 to X004, X023, X024 or a room's own.
    """
    _project.setup()
    _check()
    migrated = _migrate()
    from kept import promises
    from kept.keepers.accounts.flows import make_operator

    promises.adopt()
    return {
        "migrated": migrated,
        "policy": promises.current().policy.meta.version,
        "operator": make_operator(),
    }


def _check() -> None:
    from django.core import checks

    found = [message for message in checks.run_checks() if message.is_serious()]
    if found:
        told = "; ".join(str(message).partition("\n")[0] for message in found)
        raise KeptError(CHECKS, f"{len(found)} errors: {told}")


def _migrate() -> int:
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

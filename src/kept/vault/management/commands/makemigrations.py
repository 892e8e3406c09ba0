"""`makemigrations`: Django's, which seals what became a sealed field instead of dropping it."""

from pathlib import Path
from typing import Any

from django.core.management.commands import makemigrations
from django.db.migrations.writer import MigrationWriter

from kept.vault.adopting.detecting import Autodetector


class Command(makemigrations.Command):
    """See Django's own; everything that is not ours is the same."""

    autodetector = Autodetector

    def write_migration_files(
        self, changes: Any, update_previous_migration_paths: Any = None
    ) -> None:
        """As Django, with `atomic = False` where a migration is not one transaction."""
        super().write_migration_files(changes, update_previous_migration_paths)
        if self.dry_run:
            return
        for migrations in changes.values():
            for migration in migrations:
                if not migration.atomic:
                    _not_atomic(Path(MigrationWriter(migration, self.include_header).path))


def _not_atomic(path: Path) -> None:
    """Django's writer leaves the word out."""
    text = path.read_text("utf-8")
    head = "class Migration(migrations.Migration):\n"
    if "atomic = False" not in text:
        path.write_text(text.replace(head, f"{head}\n    atomic = False\n", 1), "utf-8")

"""`migrate`: Django's, which looks for changes with the same eyes as `makemigrations`.

A refusal of ours is told as a sentence, not as a traceback.
"""

from typing import Any

from django.core.management import CommandError
from django.core.management.commands import migrate

from kept._kit.errors import KeptError
from kept.vault.adopting.detecting import Autodetector


class Command(migrate.Command):
    """See Django's own; its check `commands.E001` asks for one autodetector in both commands."""

    autodetector = Autodetector

    def handle(self, *args: Any, **options: Any) -> Any:
        """As Django. Raises `CommandError` for what we refuse."""
        try:
            return super().handle(*args, **options)
        except KeptError as error:
            raise CommandError(str(error)) from error

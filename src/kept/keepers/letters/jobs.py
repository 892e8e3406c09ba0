"""The job that starts a request from a mail. Its only argument is the mail's random id."""

from uuid import UUID

from django.db import transaction
from django_tasks import task


@task()
def pass_on(letter: str) -> str:
    """Start the request that the mail asks for, if it still does. Gives what became of it."""
    from kept.keepers.letters import passing

    return passing.pass_on(UUID(letter))


def enqueue(letter: UUID) -> None:
    """Queue it once the present transaction is committed."""
    transaction.on_commit(lambda: pass_on.enqueue(str(letter)))

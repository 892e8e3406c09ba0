"""The job that sends a mailing. Its only argument is the mailing's number."""

from django.db import transaction
from django_tasks import task


@task()
def send(mailing: int) -> int:
    """Queue its messages; how many."""
    from kept.keepers.mailings import sending

    return sending.send(mailing)


def enqueue(mailing: int) -> None:
    """Queue the job once the present transaction is committed."""
    transaction.on_commit(lambda: send.enqueue(mailing))

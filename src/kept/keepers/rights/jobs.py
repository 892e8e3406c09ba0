"""The jobs of requests. Their only arguments are random ids: a queue's row tells nothing.

Rules: whether an address is known is looked up here, after the asker has had their answer.
"""

from uuid import UUID

from django_tasks import task

from kept.keepers.rights import progress, queue, writing


@task()
def write(link: str) -> str:
    """Send the mail that a link is for. Gives the kind of outcome."""
    outcome = writing.write(UUID(link))
    if outcome.again:
        queue.mail(UUID(link), seconds=outcome.again)
    return outcome.word


@task()
def go_on(request: str) -> str:
    """Take a request a step further. Gives the state it is in then."""
    state, seconds = progress.go_on(UUID(request))
    if seconds:
        queue.step(UUID(request), seconds=seconds)
    return state


queue.does("mail", write)
queue.does("step", go_on)

"""One mail about a request, now; and the few words that every mail needs."""

from uuid import UUID

from kept import gate, promises
from kept.keepers.rights import letters, links
from kept.keepers.rights.models import Request
from kept.keepers.sharing import direct, failures
from kept.keepers.sharing.compose import Letter

POINT = "request"
"""The collection point of requests."""


def send(
    to: str, words: letters.Words, *, subject: UUID | None, mail: UUID
) -> failures.Failure | gate.Decision | None:
    """Send it; None where it left. Reaching people about their own request is never denied them."""
    letter = Letter(to, words.heading, words.text)
    return direct.send(letter, point=POINT, subject=subject, mail=mail)


def site() -> str:
    """The operator's name."""
    return promises.current().policy.meta.site


def status_url(request: Request) -> str:
    """Where one sees how far a request is, without any name."""
    return f"{request.base}/privacy/requests/status/{links.status_token(request)}/"

"""What a person does with a link after they are known: fetch the copy, correct, take back.

Rules: a copy is opened in its person's own scope, part by part, and on record; a link that changes
something does so once; a person without a link gets another at their address on file only.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction

from kept import gate, ledger
from kept._kit import clock
from kept.keepers.accounts import throttle
from kept.keepers.rights import flows, links, proving
from kept.keepers.rights.doing import correcting, withdrawing
from kept.keepers.rights.links import Held
from kept.keepers.rights.models import Link, Package, Request
from kept.keepers.rights.moving import move
from kept.keepers.rights.package import offering
from kept.keepers.rights.states import State
from kept.keepers.sharing import flows as sharing
from kept.vault import files
from kept.vault.models import State as Standing

_ENDED = (ledger.Answered, ledger.Restricted)


class Copy:
    """A copy that is open: its name, and its parts, each given within the person's own scope."""

    def __init__(self, package: Package) -> None:
        actor = gate.Actor("subject", str(package.subject_id))
        self._scope = gate.Scope(gate.OWN_DATA, actor)
        try:
            with gate.entered(self._scope):
                opened = files.open(package.file)
        except BaseException:
            self._scope.close()
            raise
        self.name = opened.name
        self._parts = opened.parts

    def __iter__(self) -> Iterator[bytes]:
        try:
            while True:
                with gate.entered(self._scope):
                    part = next(self._parts, None)
                if part is None:
                    return
                yield part
        finally:
            self._scope.close()


def package_of(request: Request) -> Package | None:
    """The copy that can be fetched now, if there is one."""
    rows = Package.objects.select_related("file").filter(request=request)
    found = rows.filter(ends__gte=clock.today()).first()
    if found is None or request.subject is None or request.subject.state != Standing.ACTIVE:
        return None
    return found


def open_copy(package: Package) -> Copy:
    """Open it. Raises `gate.SealedError` where it cannot be read any more."""
    return Copy(package)


@ledger.flow(ledger.Sent)
def was_fetched(package: Package, link: Link | None) -> None:
    """The last part has left: the link is used up, and that it left is on record."""
    Package.objects.filter(pk=package.pk).update(fetched=True)
    if link is not None:
        Link.objects.filter(pk=link.pk).delete()
    ordinal, _policy = gate.in_force().in_force
    ledger.record(
        ledger.Sent(
            recipient="subject", purpose=gate.OWN_DATA, categories=("request.record",),
            version=ordinal, row=package.file_id,
        ),
        package.subject_id,
    )  # fmt: skip


def send_again(request: Request) -> bool:
    """Another link to the copy, at the address on file. False where there is none, or too often."""
    if package_of(request) is None or throttle.wait(f"copy of {request.pk}"):
        return False
    with transaction.atomic():
        offering.offer(request)
    return True


@ledger.flow(may=(*_ENDED, ledger.Withdrawn))
def take_back(token: str, purposes: Sequence[str]) -> bool:
    """End the consents that were ticked. False where the link is over."""
    request = _waiting(token)
    if request is None or request.subject_id is None:
        return False
    ended = withdrawing.take_back(request.subject_id, purposes)
    if ended:
        sharing.propagate(request.subject_id, "object", purposes=ended)
    request.expected = request.reached = len(ended)
    return _done(request, f"Consents that ended: {len(ended)}.")


@ledger.flow(may=(*_ENDED, ledger.Changed))
def correct(token: str, given: Mapping[str, Any]) -> bool:
    """Store what was corrected. False where the link is over."""
    request = _waiting(token)
    if request is None or request.subject_id is None:
        return False
    with gate.purpose(gate.OWN_DATA, actor=gate.Actor("subject", str(request.subject_id))):
        changed = correcting.change(request, given)
    if changed.count:
        sharing.propagate(request.subject_id, "correct", categories=changed.categories)
    request.expected = request.reached = changed.count
    return _done(request, f"Values that you changed: {changed.count}.")


def _done(request: Request, details: str) -> bool:
    counts: dict[str, Any] = {"expected": request.expected, "reached": request.reached}
    if not move(request, State.DONE, **counts):
        return False
    flows.tell(request, Held(word="done", details=details))
    proving.note(request, details)
    return True


def _waiting(token: str) -> Request | None:
    found = links.find(token, Link.Kind.CHANGE, lock=True)
    if found is None:
        return None
    rows = Request.objects.select_for_update()
    return rows.filter(pk=found[0].request_id, state=State.WORKING).first()

"""Access and export: the copy is made, and its person is told where to fetch it."""

from kept.keepers.rights import links, proving, queue
from kept.keepers.rights.links import Held
from kept.keepers.rights.models import Link, Package, Request
from kept.keepers.rights.package import making
from kept.keepers.rights.result import Result


def carry(request: Request) -> Result:
    """Make the copy; a mail says so when there is one, and again when it is whole."""
    before = Package.objects.filter(request=request).first()
    done = making.make(request)
    if done.whole or before is None:
        offer(request)
    return done


def offer(request: Request) -> None:
    """Have a mail sent with a link to fetch the copy; older links to it are over."""
    assert request.subject_id is not None  # noqa: S101 - only what was verified has a copy
    to = proving.address_of(request)
    Link.objects.filter(request=request, kind=Link.Kind.FETCH).delete()
    ends = links.ends_in(links.LONG)
    held = Held(address=to)
    link = links.begin(Link.Kind.FETCH, request, held, subject=request.subject_id, ends=ends)
    if to:
        queue.mail(link.pk)

"""What was recorded about the person of an account, and the receipts that prove it.

Rules of a page: to its person alone, within the built-in `own-data`; each event in words, with a
file that proves it offline once it is signed; nothing is given that the package of an access
request leaves out.
"""

from django.http import Http404, HttpRequest, HttpResponse

from kept import ledger, promises
from kept.gate import OWN_DATA, PurposeMixin
from kept.keepers.accounts.access import SignedInOnly
from kept.keepers.accounts.own_views import AccountView, user_of
from kept.keepers.rights.package import history
from kept.keepers.rights.package.history import Told

FILE = "receipts.txt"


class Record(PurposeMixin, SignedInOnly, AccountView):
    """`/account/record/`: every event, the newest first."""

    purpose = OWN_DATA
    clients_only = True

    def get(self, request: HttpRequest) -> HttpResponse:
        """The list."""
        found = _told(request)
        rows = [
            {"told": one, "leaf": ledger.read_receipt(one.receipt).index if one.receipt else None}
            for one in found
        ]
        return self.draw(
            "kept/rights/record.html",
            rows=rows[::-1],
            signed=any(one.receipt for one in found),
            head=ledger.public_head(),
        )


class Receipts(PurposeMixin, SignedInOnly, AccountView):
    """`/account/record/receipts.txt`: all receipts, one a line, for `kept ledger verify`."""

    purpose = OWN_DATA
    clients_only = True

    def get(self, request: HttpRequest, leaf: int | None = None) -> HttpResponse:
        """All of them, or the one of a leaf."""
        found = [one.receipt for one in _told(request) if one.receipt]
        if leaf is not None:
            found = [one for one in found if ledger.read_receipt(one).index == leaf]
        if not found:
            raise Http404("no such receipt")
        name = FILE if leaf is None else f"{leaf}.receipt"
        return HttpResponse(
            b"".join(one + b"\n" for one in found),
            content_type="text/plain; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="{name}"',
                "Cache-Control": "private, no-store",
            },
        )


def _told(request: HttpRequest) -> list[Told]:
    return list(history.told(user_of(request).person, promises.current().policy))

"""Requests about personal data: what is due when, what failed, and what an operator decides.

Rules: the list opens nothing; what a person wrote is opened for `answer-request`, on record; most
requests need nobody's hand; deleting for several people takes two operators.
"""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse

from kept import promises
from kept._kit.errors import KeptError
from kept.console.pages import ConsolePage, Entry, PurposePage
from kept.keepers.accounts.models import User
from kept.keepers.rights import bulk, flows, listing
from kept.keepers.rights.models import Request
from kept.keepers.rights.opening import opened

A_PAGE = 25
MOST = 500
"""Addresses of one proposal."""
_TABS = {"open": "Open", "overdue": "Overdue", "failing": "Failing", "closed": "Closed"}


class Requests(ConsolePage):
    """`/console/requests/`: the list, what is due first at the top. Opens nothing."""

    place = "requests"

    def get(self, request: HttpRequest) -> HttpResponse:
        """One page of the list."""
        state = request.GET.get("state", "open")
        if state not in _TABS:
            raise Http404
        page = Paginator(listing.rows(state), A_PAGE).get_page(request.GET.get("page"))
        url = reverse("console:requests")
        counts = listing.counts()
        tabs = [
            Entry(title, f"{url}?state={key}", key == state, counts.get(key, 0))
            for key, title in _TABS.items()
        ]
        rows = [listing.line(one) for one in page]
        return self.show(
            "requests.html", page_obj=page, rows=rows, tabs=tabs, state=state,
            bulks=bulk.waiting(), own=request.user.pk,
        )  # fmt: skip


class OneRequest(PurposePage):
    """`/console/requests/<id>/`: one request, what was written with it, what can be decided."""

    place = "requests"
    purpose = "answer-request"
    point = "request"

    def get(self, request: HttpRequest, id: UUID) -> HttpResponse:
        """The request; opening what was written is recorded before it is shown."""
        return self.page(_row(id))

    def post(self, request: HttpRequest, id: UUID) -> HttpResponseBase:
        """Run it again, refuse it, or take it back for its person."""
        row, verb = _row(id), request.POST.get("verb", "")
        if verb == "refuse":
            reason = request.POST.get("reason", "")
            if reason not in flows.REFUSALS:
                return self.page(row, status=422, problem="Choose a reason; the person is told it.")
            done = "request-refused" if flows.refuse(row.pk, reason) else "before"
        elif verb == "run":
            done = "again" if flows.run(row.pk) else "before"
        elif verb == "cancel":
            done = "request-cancelled" if flows.cancel(row.pk) else "before"
        elif verb == "settle":
            done = "request-settled" if flows.settle(row.pk) else "before"
        else:
            raise Http404
        return redirect(f"{request.path}?done={done}")

    def page(self, row: Request, *, status: int = 200, problem: str = "") -> HttpResponse:
        """The request, the words, the decisions that are left."""
        parts = _parts(row)
        return self.show(
            "request.html", status=status, line=listing.line(row), row=row, parts=parts,
            reasons=flows.REFUSALS.items(), problem=problem, version=_version(row),
        )  # fmt: skip


class BulkForm(forms.Form):
    """Whose data is to be deleted."""

    addresses = forms.CharField(
        label="Email addresses, one to a line",
        max_length=MOST * 255,
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_addresses(self) -> list[str]:
        """Each address once, in plain form."""
        lines = dict.fromkeys(one.strip() for one in self.cleaned_data["addresses"].splitlines())
        found = [one for one in lines if one]
        if len(found) > MOST:
            raise forms.ValidationError(f"At most {MOST} addresses at once.")
        for one in found:
            forms.EmailField().clean(one)
        return found


class BulkPage(ConsolePage):
    """`/console/requests/delete/`: propose to delete for several people."""

    place = "requests"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form."""
        return self.show("bulk.html", form=BulkForm())

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Propose it; nothing happens before a second operator agrees."""
        form = BulkForm(request.POST)
        if not form.is_valid():
            return self.show("bulk.html", form=form, status=422)
        base = request.build_absolute_uri("/").rstrip("/")
        made = bulk.propose(form.cleaned_data["addresses"], by=_user(request), base=base)
        return self.show("bulk.html", form=BulkForm(), made=made)


class BulkDecision(ConsolePage):
    """`/console/requests/delete/<id>/`: a second operator agrees, or anybody drops it."""

    place = "requests"

    def post(self, request: HttpRequest, id: UUID) -> HttpResponseBase:
        """Decide."""
        verb = request.POST.get("verb", "")
        if verb not in ("approve", "reject"):
            raise Http404
        try:
            if verb == "approve":
                bulk.approve(id, by=_user(request))
            else:
                bulk.reject(id)
        except KeptError as error:
            word = "two-people" if error.code.id == "R004" else "before"
            return redirect(f"{reverse('console:requests')}?done={word}")
        return redirect(f"{reverse('console:requests')}?done=bulk-{verb}")


def patterns() -> list[URLPattern]:
    """The addresses of these pages."""
    return [
        path("requests/", Requests.as_view(), name="requests"),
        path("requests/delete/", BulkPage.as_view(), name="bulk"),
        path("requests/delete/<uuid:id>/", BulkDecision.as_view(), name="bulk-decision"),
        path("requests/<uuid:id>/", OneRequest.as_view(), name="request"),
    ]


def _row(id: UUID) -> Request:
    found = Request.objects.filter(pk=id).first()
    if found is None:
        raise Http404
    return found


def _version(row: Request) -> str:
    """The version that it was asked under, by the name that everybody knows it by."""
    posted = promises.posted(row.version)
    return posted.label if posted else str(row.version)


def _parts(row: Request) -> list[tuple[str, Any]]:
    words = getattr(row, "words", None)
    if words is None:
        return []
    return [(name.replace("_", " ").capitalize(), value) for name, _, value in opened(words)]


def _user(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - `StaffOnly` looked
    return user

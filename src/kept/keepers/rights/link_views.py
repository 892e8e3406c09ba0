"""The pages behind links in mails. GET shows what a button would do; only the button does it.

Rules of a page: a link that is used, over or forged opens nothing and says how to ask again; a copy
is streamed within its person's own scope and is never in a cache; what is shown to somebody with a
link is theirs alone.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import View

from kept import gate
from kept.keepers.rights import fetching, flows, links, saying
from kept.keepers.rights.doing import correcting, withdrawing
from kept.keepers.rights.kinds import KINDS
from kept.keepers.rights.models import Link, Package, Request
from kept.keepers.rights.states import State

_OURS_ONLY = "same-origin"
"""Stricter (`no-referrer`) makes browsers send forms without an origin: CSRF checks refuse it."""


@method_decorator([login_not_required, never_cache], name="dispatch")
class LinkPage(View):
    """What pages behind links have: no caching; the link in their address goes to nobody else."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The answer, with the header."""
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = _OURS_ONLY
        return response

    def show(self, template: str, *, status: int = 200, **more: Any) -> HttpResponse:
        """The page, rendered."""
        return render(self.request, f"kept/rights/{template}.html", more, status=status)

    def over(self) -> HttpResponse:
        """The link opens nothing."""
        return self.show("over", status=410)


class Confirm(LinkPage):
    """`…/confirm/<token>/`: asks whether it was them."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """What was asked, and two buttons."""
        found = links.find(token, Link.Kind.CONFIRM)
        if found is None or found[0].request.state != State.ASKED:
            return self.over()
        return self.show("confirm", kind=KINDS[found[0].request.kind])

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Yes, or no."""
        if request.POST.get("answer") == "no":
            return self.show("denied") if flows.deny(token) else self.over()
        done = flows.verify(token)
        if done.request is None:
            return self.over()
        if done.page:
            return redirect("rights:change", token=done.page)
        if done.outcome == "nothing":
            return self.show("nothing", kind=KINDS[done.request.kind])
        if done.outcome == "same":
            return self.show("same", kind=KINDS[done.request.kind])
        return redirect("rights:status", token=links.status_token(done.request))


class Cancel(LinkPage):
    """`…/cancel/<token>/`: take a deletion back."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """A button, where there is still something to take back."""
        found = links.find(token, Link.Kind.CANCEL)
        if found is None:
            return self.over()
        return self.show("cancel", asked=found[0].request)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Take it back."""
        return self.show("cancelled") if flows.cancel_by_link(token) else self.over()


class Fetch(LinkPage):
    """`…/fetch/<token>/`: the copy, once."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """A button, where the copy is there."""
        found = links.find(token, Link.Kind.FETCH)
        package = None if found is None else fetching.package_of(found[0].request)
        return self.over() if package is None else self.show("fetch", package=package)

    def post(self, request: HttpRequest, token: str) -> HttpResponseBase:
        """The file, streamed; the link is over when the last part has left."""
        found = links.find(token, Link.Kind.FETCH)
        package = None if found is None else fetching.package_of(found[0].request)
        if found is None or package is None:
            return self.over()
        return download(package, found[0])


class Status(LinkPage):
    """`…/status/<token>/`: how far a request is; it says nothing about who asked."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """The state, in words."""
        return self.page(_by_status(token))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Another link to the copy, to the address on file."""
        asked = _by_status(token)
        return self.page(asked, sent=fetching.send_again(asked))

    def page(self, asked: Request, *, sent: bool = False) -> HttpResponse:
        """What is known about it."""
        ready = fetching.package_of(asked) is not None
        said = saying.of(asked)
        return self.show("status", asked=asked, said=said, ready=ready, sent=sent)


class Change(LinkPage):
    """`…/change/<token>/`: what is held and can be corrected, or the consents that stand."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """What there is."""
        found = links.find(token, Link.Kind.CHANGE)
        return self.over() if found is None else self.page(found[0].request)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Carry it out, once; the page again where something is wrong with it."""
        found = links.find(token, Link.Kind.CHANGE)
        if found is None:
            return self.over()
        asked = found[0].request
        if asked.kind == "withdraw":
            fetching.take_back(token, request.POST.getlist("purpose"))
        else:
            with _own(asked):
                form = correcting.form_for(correcting.groups(_whose(asked)), request.POST)
                if not form.is_valid():
                    return self.page(asked, form=form, status=422)
            fetching.correct(token, form.cleaned_data)
        return redirect("rights:status", token=links.status_token(asked))

    def page(self, asked: Request, *, form: Any = None, status: int = 200) -> HttpResponse:
        """Rendered within the person's own scope."""
        if asked.kind == "withdraw":
            given = withdrawing.standing(_whose(asked))
            return self.show("take_back", given=given)
        with _own(asked):
            groups = correcting.groups(_whose(asked))
            form = form or correcting.form_for(groups)
            bound = [_bound(group, form) for group in groups]
            words = flows.message_of(asked)
            return self.show("change", groups=bound, form=form, words=words, status=status)


def download(package: Package, link: Link | None) -> StreamingHttpResponse:
    """The copy as a download. `link` is used up when the last part has left."""
    copy = fetching.open_copy(package)
    response = StreamingHttpResponse(_noted(copy, package, link), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{copy.name}"'
    return response


def _noted(copy: fetching.Copy, package: Package, link: Link | None) -> Iterator[bytes]:
    yield from copy
    fetching.was_fetched(package, link)


def _by_status(token: str) -> Request:
    found = links.by_status(token)
    if found is None:
        raise Http404
    return found


def _own(asked: Request) -> Any:
    return gate.purpose(gate.OWN_DATA, actor=gate.Actor("subject", str(_whose(asked))))


def _whose(asked: Request) -> UUID:
    """Its person; a page to say more on is only given to somebody who is known."""
    assert asked.subject_id is not None  # noqa: S101 - see above
    return asked.subject_id


def _bound(group: correcting.Group, form: Any) -> dict[str, Any]:
    """A group with its form fields beside what cannot be changed."""
    lines = [(one, None if one.why else form[one.key]) for one in group.values]
    return {"heading": group.heading, "lines": lines}

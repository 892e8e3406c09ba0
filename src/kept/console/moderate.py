"""Content that waits for a decision: one page per registered kind, marked with its purpose."""

from typing import Any, ClassVar
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse

from kept import gate
from kept.console.pages import Entry, PurposePage
from kept.keepers.forms import moderation

A_PAGE = 10
_TABS = {
    moderation.WAITING: "Waiting",
    moderation.PUBLISHED: "Published",
    moderation.REFUSED: "Refused",
}
_VERBS = {"publish": "published", "refuse": "refused"}


class Moderation(PurposePage):
    """`/console/moderation/<kind>/`: the rows in one state; POST does a verb to one of them."""

    kind: ClassVar[moderation.Moderated]

    def get(self, request: HttpRequest) -> HttpResponse:
        """The rows in the state that the address asks for."""
        state = request.GET.get("state", moderation.WAITING)
        if state not in _TABS:
            raise Http404
        page = Paginator(self.kind.rows(state), A_PAGE).get_page(request.GET.get("page"))
        return self.show(
            "moderation.html", kind=self.kind, state=state, tabs=self._tabs(state), page_obj=page,
            rows=[{"id": row.pk, "shown": self.kind.shown(row)} for row in page],
        )  # fmt: skip

    def post(self, request: HttpRequest) -> HttpResponseRedirectBase:
        """Publish or refuse one row, and say whether this call did it."""
        verb = request.POST.get("verb", "")
        if verb not in _VERBS:
            raise Http404
        flow = self.kind.publish if verb == "publish" else self.kind.refuse
        scope = gate.current()
        actor = gate.SYSTEM if scope is None else scope.actor
        done = _VERBS[verb] if flow(_id(request), actor) else "before"
        state = request.POST.get("state", moderation.WAITING)
        return redirect(f"{request.path}?state={state if state in _TABS else ''}&done={done}")

    def _tabs(self, state: str) -> list[Entry]:
        url = reverse(f"console:moderation-{self.kind.name}")
        return [Entry(title, f"{url}?state={key}", key == state) for key, title in _TABS.items()]


def patterns() -> list[URLPattern]:
    """An address per registered kind. Apps register in `ready()`, before addresses are read."""
    return [
        path(
            f"moderation/{kind.name}/", _view(kind).as_view(), name=f"moderation-{kind.name}"
        )
        for kind in moderation.kinds()
    ]  # fmt: skip


def _view(kind: moderation.Moderated) -> type[Moderation]:
    own: dict[str, Any] = {"kind": kind, "place": kind.name, "purpose": kind.purpose}
    return type("Moderation", (Moderation,), {**own, "__doc__": Moderation.__doc__})


def _id(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("row", ""))
    except ValueError:
        raise Http404 from None

"""The page of a collection point: notice, consent, form. It holds no rules; the flow does.

A host writes `class Ask(kept.CollectView): model, success_url = Inquiry, "/thanks/"`; without a
model it names the `point`, and the form comes from the clause alone.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.generic import View

from kept.keepers.forms import flows
from kept.keepers.forms.building import CONSENT
from kept.keepers.forms.flows import HONEYPOT, TOKEN, Collected, Page, Refused

_NOT_DATA = {"csrfmiddlewaretoken"}


@method_decorator([never_cache, csrf_protect], name="dispatch")
class CollectView(View):
    """GET shows the notice and the form; POST stores once and goes on to `success_url`."""

    point: ClassVar[str] = ""
    model: ClassVar[type[Model] | None] = None
    success_url: ClassVar[str] = "/"
    template_name: ClassVar[str] = "kept/forms/collect.html"
    heading: ClassVar[str] = ""
    example: ClassVar[Mapping[str, str]] = {}
    """Where the address has parts (field -> a word): those of a page that checks may look at. The
    address answers these fields, so the page does not ask for them."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The empty form under its notice; a page that says so where the policy has none."""
        page = self.open()
        if page is None:
            return self.closed(request)
        return self.show(request, page, 200)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Hand what was sent to the flow; show the page again with what was typed if refused."""
        if request.FILES or request.content_type not in _FORM_TYPES:
            return self.show_refused(request, flows.refuse_type(self.point_id()))
        sent = {name: request.POST.getlist(name) for name in request.POST if name not in _NOT_DATA}
        result = self.take(sent)
        if isinstance(result, Collected):
            return HttpResponseRedirect(self.get_success_url(result))
        return self.show_refused(request, result)

    def open(self) -> Page | None:
        """The empty page; None where the policy in force has no such point."""
        return flows.open_page(self.point_id())

    def take(self, sent: Mapping[str, Sequence[str]]) -> Collected | Refused:
        """Store what was sent (`field -> values`)."""
        base = self.request.build_absolute_uri("/")
        return flows.collect(self.point_id(), sent, model=self.model, base=base)

    def point_id(self) -> str:
        """The clause's name: `point`, or what the model's `Kept.collect` says."""
        return self.point or flows.point_of(self.model)

    def get_success_url(self, result: Collected) -> str:
        """Where to go after storing. It must not betray what was sent."""
        return self.success_url

    def show(
        self, request: HttpRequest, page: Page, status: int, problem: str = ""
    ) -> HttpResponse:
        """Render the page."""
        fields = list(page.form)
        context = {
            "notice": page.notice,
            "form": page.form,
            "data_fields": [one for one in fields if not one.name.startswith(CONSENT)],
            "consent_fields": [one for one in fields if one.name.startswith(CONSENT)],
            "token": page.token,
            "token_name": TOKEN,
            "honeypot_name": HONEYPOT,
            "problem": problem,
            "heading": self.heading or page.heading,
            "view": self,
            **self.context(),
        }
        return render(request, self.template_name, context, status=status)

    def context(self) -> dict[str, Any]:
        """What else the template needs."""
        return {}

    def show_refused(self, request: HttpRequest, refused: Refused) -> HttpResponse:
        """The form again, with the reasons and what was typed; or the page that it is closed."""
        if refused.page is None:
            return self.closed(request)
        return self.show(request, refused.page, refused.status, refused.problem)

    def closed(self, request: HttpRequest) -> HttpResponse:
        """The policy in force has no such collection point, so there is nothing to fill in."""
        context = {"point": self.point_id()}
        return render(request, "kept/forms/closed.html", context, status=410)


_FORM_TYPES = {"application/x-www-form-urlencoded", "multipart/form-data"}

"""Quotes as the operator writes and follows them: the purpose `transaction`."""

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import redirect
from django.urls import reverse

from kept._kit import ids
from kept._kit.errors import KeptError
from kept.console.pages import Entry, PurposePage
from kept.keepers.orders import flows
from kept.keepers.orders.models import Quote
from kept.promises.possible import reasons

A_PAGE = 25
_LONGEST = 3500
_TABS = {"offered": "Waiting for the client", "accepted": "Accepted", "declined": "Declined"}


class QuoteForm(forms.Form):
    """A quote and whose it is."""

    to = forms.EmailField(label="The client's email address", max_length=254)
    text = forms.CharField(
        label="The quote, as the client is to read it",
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 12}),
    )
    once = forms.CharField(max_length=64, widget=forms.HiddenInput)


class _Quotes(PurposePage):
    place = "quotes"
    purpose = flows.PURPOSE
    point = flows.POINT


class Quotes(_Quotes):
    """`/console/quotes/`: the quotes in one state; opening them is recorded."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """One page of the list."""
        state = request.GET.get("state", "offered")
        if state not in _TABS:
            raise Http404
        page = Paginator(flows.list_for(state), A_PAGE).get_page(request.GET.get("page"))
        url = reverse("console:quotes")
        tabs = [Entry(title, f"{url}?state={key}", key == state) for key, title in _TABS.items()]
        rows = [{"row": row, "parts": _parts(row)} for row in page]
        return self.show("quotes.html", page_obj=page, rows=rows, tabs=tabs)


class NewQuote(_Quotes):
    """`/console/quotes/new/`: write one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form."""
        return self.page(QuoteForm(initial={"once": ids.token()}))

    def post(self, request: HttpRequest) -> HttpResponse | HttpResponseRedirectBase:
        """Offer it, or the form again with the reason."""
        form = QuoteForm(request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        given, base = form.cleaned_data, request.build_absolute_uri("/").rstrip("/")
        try:
            done = flows.offer(given["to"], given["text"], once=given["once"], base=base)
        except KeptError as error:
            form.add_error(None, f"{error.message}; {error.do}.")
            return self.page(form, status=422)
        if done.outcome in ("offered", "twice"):
            word = "offered" if done.outcome == "offered" else "before"
            return redirect(f"{reverse('console:quotes')}?done={word}")
        form.add_error(None, _PROBLEMS[done.outcome])
        rules = [] if done.decision is None else reasons(done.decision)
        return self.page(form, status=409, rules=rules)

    def page(self, form: QuoteForm, *, status: int = 200, **more: object) -> HttpResponse:
        """The form."""
        return self.show("new_quote.html", status=status, form=form, **more)


_PROBLEMS = {
    "unknown": "No client has an account with this address. Nothing was stored.",
    "denied": "The gate denied it for this person; nothing was stored or sent.",
}


def _parts(row: Quote) -> list[object]:
    """The quote, withheld as it is; nothing where its key is destroyed."""
    return [row.open(name) for name in row.names() if name == "quote"]

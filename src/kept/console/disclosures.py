"""Disclosures: what was given to recipients, what waits or failed, giving more, telling them.

Rules: a page lists who, what kind and when, and opens nothing; before something new is given, the
decision is shown for each kind of data without opening any; an approval is another operator's; a
file is handed over by a press of a button, never by following a link.
"""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse

from kept import promises, vault
from kept._kit import ids
from kept._kit.errors import KeptError
from kept.console.pages import ConsolePage, Entry
from kept.keepers.sharing import flows, giving, telling
from kept.keepers.sharing.flows import disclosing, permissions
from kept.keepers.sharing.models import Disclosure
from kept.keepers.sharing.outcomes import Accepted, Denied, NothingHeld, Twice
from kept.policy import category
from kept.promises.possible import reasons
from kept.vault.middleware import actor_of

A_PAGE = 25
_TABS = {"open": "To decide", "sent": "Given", "all": "All"}
_CONDITIONS = {
    "condition": "its condition",
    "region": "the same region",
    "sector": "the same line of work",
}
_CHANNELS = {
    "": "as it is set up", "webhook": "webhook", "mail": "mail", "file": "file to hand over",
}  # fmt: skip


class DisclosureForm(forms.Form):
    """Who gets what of whom, and why."""

    to = forms.ChoiceField(label="Who gets it")
    person = forms.EmailField(label="Whose data: their email address", max_length=254)
    purpose = forms.ChoiceField(label="What for")
    occasion = forms.ChoiceField(label="Occasion")
    met = forms.MultipleChoiceField(
        label="What you made sure of", choices=list(_CONDITIONS.items()), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    channel = forms.ChoiceField(
        label="How it goes", choices=list(_CHANNELS.items()), required=False
    )
    once = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = promises.current().policy
        fields: dict[str, Any] = self.fields
        fields["to"].choices = _receivers()
        fields["purpose"].choices = [(id, one.says) for id, one in current.purposes.items()]
        occasions = {one.occasion: one.occasion for one in current.disclosures.values()}
        fields["occasion"].choices = [("ordinary", "ordinary"), *occasions.items()]


class Disclosures(ConsolePage):
    """`/console/disclosures/`: the list, and what a person has to decide."""

    place = "disclosures"

    def get(self, request: HttpRequest) -> HttpResponse:
        """One page of the list."""
        state = request.GET.get("state", "open")
        if state not in _TABS:
            raise Http404
        page = Paginator(_listed(state), A_PAGE).get_page(request.GET.get("page"))
        url = reverse("console:disclosures")
        tabs = [Entry(title, f"{url}?state={key}", key == state) for key, title in _TABS.items()]
        return self.show(
            "disclosures.html", page_obj=page, tabs=tabs, rows=[_line(one) for one in page],
            untold=disclosing.untold() if state == "open" else [],
            asks_by_mail=permissions.asks_by_mail(),
        )  # fmt: skip

    def post(self, request: HttpRequest) -> HttpResponse | HttpResponseRedirectBase:
        """Do what a button says with one of them."""
        id, verb = _id(request), request.POST.get("verb", "")
        if verb == "approve":
            return self.approve(id)
        if verb == "hand-over":
            return self.hand_over(id)
        verbs = {
            "again": disclosing.try_again, "given-up": disclosing.give_up,
            "told": telling.told_by_hand,
        }  # fmt: skip
        if verb not in verbs:
            raise Http404
        return self.back(verb if verbs[verb](id) else "before")

    def approve(self, id: UUID) -> HttpResponse | HttpResponseRedirectBase:
        """A second operator agrees."""
        try:
            done = disclosing.approve(id, actor_of(self.request).id)
        except KeptError as error:
            return self.show("disclosed.html", status=409, problem=error.message, rules=[])
        return self.back("approved" if done else "before")

    def hand_over(self, id: UUID) -> HttpResponse:
        """The file, for the operator to hand on; that is recorded as its leaving."""
        found = giving.hand_over(id, actor_of(self.request))
        if found is None:
            raise Http404
        if isinstance(found, Denied):
            return self.show(
                "disclosed.html", status=409, rules=reasons(found.decision),
                problem="The gate denies it for this person now; nothing was handed over.",
            )  # fmt: skip
        if isinstance(found, NothingHeld):
            return self.show(
                "disclosed.html", status=409, rules=[],
                problem="Nothing that they may get is held any more; nothing was handed over.",
            )  # fmt: skip
        answer = HttpResponse(found.content, content_type="application/json")
        answer["Content-Disposition"] = f'attachment; filename="{found.name}"'
        return answer

    def back(self, word: str) -> HttpResponseRedirectBase:
        """To the list, with a word of what was done."""
        return redirect(f"{reverse('console:disclosures')}?done={word}")


class NewDisclosure(ConsolePage):
    """`/console/disclosures/new/`: look at the decision, then give."""

    place = "disclosures"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form."""
        return self.page(DisclosureForm(initial={"once": ids.token(), "occasion": "ordinary"}))

    def post(self, request: HttpRequest) -> HttpResponse | HttpResponseRedirectBase:
        """The decision, or what became of it."""
        form = DisclosureForm(request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        given = form.cleaned_data
        subject = vault.find("email", given["person"])
        if subject is None:
            form.add_error("person", "Nobody is known by this address. Nothing was given.")
            return self.page(form, status=422)
        asked: dict[str, Any] = {
            "recipient": given["to"], "purpose": given["purpose"], "occasion": given["occasion"],
            "channel": given["channel"] or None, "met": given["met"],
        }  # fmt: skip
        try:
            if request.POST.get("verb") != "give":
                return self.page(form, found=flows.preview(subject, **asked))
            done = flows.disclose(subject, **asked, by=actor_of(request).id, once=given["once"])
        except KeptError as error:
            form.add_error(None, f"{error.message}; {error.do}.")
            return self.page(form, status=422)
        return self.after(form, done)

    def after(
        self, form: DisclosureForm, done: Accepted | Twice | Denied | NothingHeld
    ) -> HttpResponse | HttpResponseRedirectBase:
        """Onward where it was taken; else the form with the reasons."""
        match done:
            case Accepted(state=state):
                word = _WORDS.get(state, "giving")
                return redirect(f"{reverse('console:disclosures')}?state=all&done={word}")
            case Twice():
                return redirect(f"{reverse('console:disclosures')}?state=all&done=before")
            case Denied(decision=decision):
                form.add_error(None, "The gate denied it for this person; nothing was given.")
                return self.page(form, status=409, rules=reasons(decision))
            case NothingHeld():
                form.add_error(None, "Nothing that this recipient may get is held about them.")
                return self.page(form, status=409)

    def page(
        self, form: DisclosureForm, *, status: int = 200, found: flows.Preview | None = None,
        **more: Any,
    ) -> HttpResponse:  # fmt: skip
        """The form and, where it was asked for, the decision."""
        lines = [] if found is None else [
            {
                "point": one.point, "what": category(one.category).label,
                "allowed": one.decision.allowed, "asks": one.asks, "rules": reasons(one.decision),
            }
            for one in found.lines
        ]  # fmt: skip
        return self.show(
            "new_disclosure.html",
            status=status,
            form=form,
            found=found,
            lines=lines,
            receivers=_receivers(),
            asks_by_mail=permissions.asks_by_mail(),
            **more,
        )


_WORDS = {"approval": "to-approve", "asking": "asked", "waiting": "giving"}


def patterns() -> list[URLPattern]:
    """Addresses under `/console/disclosures/`."""
    return [
        path("disclosures/", Disclosures.as_view(), name="disclosures"),
        path("disclosures/new/", NewDisclosure.as_view(), name="new-disclosure"),
    ]


def _listed(state: str) -> Any:
    if state == "open":
        return disclosing.problems()
    rows = Disclosure.objects.order_by("-day", "pk")
    return rows.filter(state=Disclosure.State.SENT) if state == "sent" else rows


def _line(row: Disclosure) -> dict[str, Any]:
    current = promises.current().policy.recipients.get(row.recipient)
    what = ", ".join(category(one).label for one in row.categories)
    return {"row": row, "to": (current.says if current else "") or row.recipient, "what": what}


def _receivers() -> list[tuple[str, str]]:
    """Who may get data at all: everyone that the policy names but the public."""
    named = promises.current().policy.recipients.items()
    return [(id, one.says or id) for id, one in named if one.kind != "public"]


def _id(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("disclosure", ""))
    except ValueError:
        raise Http404 from None

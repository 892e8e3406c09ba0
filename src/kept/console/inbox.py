"""The inbox: requests for information, opened for answering them, answered by mail."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import redirect
from django.urls import reverse

from kept import gate, promises
from kept._kit import ids
from kept._kit.errors import KeptError
from kept.console.glance import INQUIRY
from kept.console.pages import Entry, PurposePage
from kept.keepers.forms import answering
from kept.keepers.forms.models import Submission
from kept.keepers.sharing.compose import LONGEST_HEADING, LONGEST_TEXT
from kept.promises.possible import reasons

A_PAGE = 25
_TEASER = 90
_TABS = {"new": "Not answered", "answered": "Answered", "all": "All"}


class AnswerForm(forms.Form):
    """What the operator writes."""

    heading = forms.CharField(label="Subject", max_length=LONGEST_HEADING)
    text = forms.CharField(
        label="Your answer", max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 12})
    )
    once = forms.CharField(max_length=64, widget=forms.HiddenInput)
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    """How many answers stood on the page: another operator's answer in between is noticed."""


class _Inquiries(PurposePage):
    place = "inbox"
    purpose = "answer-inquiry"
    point = INQUIRY


class Inbox(_Inquiries):
    """`/console/inbox/`: the list, the newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """One page of the list in the state that the address asks for."""
        state = request.GET.get("state", "new")
        if state not in _TABS:
            raise Http404
        rows = answering.list_for(INQUIRY, None if state == "all" else state)
        page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
        return self.show(
            "inbox.html", page_obj=page, state=state, tabs=_tabs(state),
            rows=[{"row": row, "name": _part(row, "name"), "teaser": _part(row, "message")}
                  for row in page],
        )  # fmt: skip


class Message(_Inquiries):
    """`/console/inbox/<id>/`: one request, its answers, and the form to answer it."""

    def get(self, request: HttpRequest, id: UUID) -> HttpResponse:
        """The request; opening it is recorded before it is shown."""
        row = _row(id)
        form = AnswerForm(initial=_initial(row))
        return self.page(row, form)

    def post(self, request: HttpRequest, id: UUID) -> HttpResponse | HttpResponseRedirectBase:
        """Answer, or the form again with what was typed."""
        row = _row(id)
        form = AnswerForm(request.POST)
        if not form.is_valid():
            return self.page(row, form, status=422)
        given = form.cleaned_data
        try:
            done = answering.answer(
                row.pk, given["text"], heading=given["heading"],
                once=given["once"], seen=given["seen"],
            )  # fmt: skip
        except KeptError as error:
            form.add_error(None, f"{error.message}; {error.do}.")
            return self.page(row, form, status=422)
        return self.after(row, form, done)

    def after(
        self, row: Submission, form: AnswerForm, done: answering.Answered
    ) -> HttpResponse | HttpResponseRedirectBase:
        """Onward where it was done; else the page with what was typed and what to do."""
        if done.outcome in ("queued", "twice"):
            word = "answered" if done.outcome == "queued" else "twice"
            return redirect(f"{reverse('console:message', args=[row.pk])}?done={word}")
        if done.outcome == "overtaken":
            form = AnswerForm({**form.data.dict(), **_initial_marks(row)})  # type: ignore[attr-defined] # a QueryDict
        form.add_error(None, _PROBLEMS[done.outcome])
        rules = [] if done.decision is None else reasons(done.decision)
        return self.page(row, form, status=409, rules=rules)

    def page(
        self, row: Submission, form: AnswerForm, *, status: int = 200, **more: Any
    ) -> HttpResponse:
        """The request, what was answered, the form."""
        answers = [{"day": one.day, "parts": _parts(one)} for one in row.answers.all()]
        return self.show(
            "message.html", status=status, row=row, parts=_parts(row), answers=answers,
            form=form, **more,
        )  # fmt: skip


_PROBLEMS: dict[str, str] = {
    "denied": "The gate denied it for this person; nothing was sent.",
    "no address": "There is no email address to answer to.",
    "closed": "The policy in force does not let answers be kept; nothing was sent.",
    "overtaken": "Somebody else answered while this page was open. Read their answer first; "
    "if yours is still needed, send it again.",
}


def _row(id: UUID) -> Submission:
    found = answering.list_for(INQUIRY).filter(pk=id).first()
    if found is None:
        raise Http404
    return found


def _initial(row: Submission) -> dict[str, object]:
    site = promises.current().policy.meta.site
    return {"heading": f"Your request to {site}", **_initial_marks(row)}


def _initial_marks(row: Submission) -> dict[str, object]:
    return {"once": ids.token(), "seen": row.answers.count()}


def _parts(row: Any) -> list[tuple[str, object]]:
    """The values of a submission or an answer, each under its label."""
    clause = promises.current().policy.collect.get(row.point)
    labels = {} if clause is None else clause.labels
    return [
        (labels.get(name, name.replace("_", " ").capitalize()), row.open(name))
        for name in row.names()
    ]


def _part(row: Submission, name: str) -> object:
    """One value for the list: cut to a line, withheld as it is, empty where there is none."""
    if name not in row.names():
        return ""
    value = row.open(name)
    if isinstance(value, gate.Sealed):
        return value
    line = " ".join(str(value).split())
    return line if len(line) <= _TEASER else f"{line[:_TEASER]}…"


def _tabs(state: str) -> list[Entry]:
    url = reverse("console:inbox")
    return [Entry(title, f"{url}?state={key}", key == state) for key, title in _TABS.items()]

"""Mails to everybody who asked for their kind: one page per purpose, closed with it.

Rules: the page opens no personal data, it counts; whom a mail goes to is asked again for each
person when it is sent.
"""

from typing import ClassVar

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse

from kept._kit import ids
from kept._kit.errors import KeptError
from kept.console.pages import Entry, PurposePage
from kept.keepers.mailings import flows, jobs
from kept.keepers.mailings.models import Mailing
from kept.keepers.sharing.compose import LONGEST_HEADING

_LONGEST = 7000
_LISTED = 10


class MailingForm(forms.Form):
    """What the operator writes to everybody."""

    heading = forms.CharField(label="Subject", max_length=LONGEST_HEADING)
    text = forms.CharField(
        label="The mail, as everyone is to read it",
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 14}),
    )
    once = forms.CharField(max_length=64, widget=forms.HiddenInput)


class News(PurposePage):
    """`/console/news/<purpose>/`: write one, see how far the last ones came."""

    place = "news"
    point: ClassVar[str | None] = flows.POINT

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form and the last mailings."""
        return self.page(MailingForm(initial={"once": ids.token()}))

    def post(self, request: HttpRequest) -> HttpResponse | HttpResponseRedirectBase:
        """Have it sent, or the form again with the reason."""
        form = MailingForm(request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        given, base = form.cleaned_data, request.build_absolute_uri("/").rstrip("/")
        try:
            with transaction.atomic():
                made = flows.write(
                    self.purpose, given["heading"], given["text"], base=base, once=given["once"]
                )
                if made is not None:
                    jobs.enqueue(made.pk)
        except KeptError as error:
            form.add_error(None, f"{error.message}; {error.do}.")
            return self.page(form, status=422)
        return redirect(f"{request.path}?done={'mailing' if made is not None else 'before'}")

    def page(self, form: MailingForm, *, status: int = 200) -> HttpResponse:
        """Tabs, how many would get it, the form, the last mailings."""
        return self.show(
            "news.html", status=status, form=form, tabs=_tabs(self.purpose),
            kind=flows.KINDS[self.purpose], count=flows.recipients(self.purpose).count(),
            mailings=Mailing.objects.filter(purpose=self.purpose)[:_LISTED],
        )  # fmt: skip


def patterns() -> list[URLPattern]:
    """An address per kind of mail."""
    return [
        path(f"news/{purpose}/", _view(purpose).as_view(), name=f"news-{purpose}")
        for purpose in flows.KINDS
    ]


def _view(purpose: str) -> type[News]:
    return type("News", (News,), {"purpose": purpose, "__doc__": News.__doc__})


def _tabs(here: str) -> list[Entry]:
    return [
        Entry(title, reverse(f"console:news-{purpose}"), purpose == here)
        for purpose, title in flows.KINDS.items()
    ]

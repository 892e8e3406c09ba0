"""The page of B3 as a site serves it: an article, its fifty comments, the form to write another.

What it has: the seven middleware of a fresh Django project (security, sessions, common, CSRF,
authentication, messages, clickjacking); around the same in the sealed arm all of
`kept.middleware()`; a base template with head, menu, search, log-in link, messages and footer;
three context processors; per comment one included template with name, permalink, date and age,
text with links and paragraphs, the site's answer, a link to reply and a form to report it with its
CSRF token; the strings marked for translation; one Django form at the end. A visitor who is not
signed in, no session, nothing cached. What it leaves out would make both arms slower: an article
from the database, a user, pages of comments.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

import kept
from kept.gate import for_purpose

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
_MENU = [("home", "Home"), ("news", "News"), ("shop", "Shop"), ("help", "Help")]
_FOOT = [("about", "About us"), ("contact", "Contact"), ("privacy", "Privacy"), ("terms", "Terms")]
_ARTICLE = {
    "title": "How a poster is printed",
    "day": date(2026, 2, 1),
    "text": "First the file is checked, then a proof is made.\n\nThen it goes to the press. " * 4,
}


class Comment(forms.Form):
    """What a visitor writes."""

    name = forms.CharField(max_length=80)
    email = forms.EmailField()
    message = forms.CharField(widget=forms.Textarea)


def _nothing(request: HttpRequest, **_: object) -> HttpResponse:
    return HttpResponse()


urlpatterns: list[Any] = [
    *(path(f"{name}/", _nothing, name=name) for name, _ in (*_MENU, *_FOOT)),
    *(path(f"{name}/", _nothing, name=name) for name in ("search", "account", "login", "write")),
    path("comments/<uuid:pk>/reply/", _nothing, name="reply"),
    path("comments/<uuid:pk>/report/", _nothing, name="report"),
]


def server(name: str, rows: Callable[[], Any], purpose: str | None = None) -> Callable[[], str]:
    """What serves the page of `rows` once, from request to text; with `purpose` in its scope."""
    from benchmarks.page import handled

    def view(request: HttpRequest) -> HttpResponse:
        told = {"site": "Print", "menu": _MENU, "foot": _FOOT, "here": "news", "form": Comment()}
        more = {"article": _ARTICLE, "comments": rows()}
        return render(request, "benchmarks/comments.html", told | more)

    middleware = MIDDLEWARE
    if purpose is not None:
        view = for_purpose(purpose)(view)
        middleware = kept.middleware(MIDDLEWARE)
    urlpatterns.append(path(f"read/{name}/", view))
    return handled(middleware, f"/read/{name}/", "benchmarks.ordinary")

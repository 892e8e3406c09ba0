"""Mails: those that did not leave, and the local mailbox of a development site."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseRedirectBase
from django.shortcuts import redirect
from django.urls import reverse

from kept.conf import settings
from kept.console.pages import ConsolePage
from kept.keepers.sharing import flows, mailbox
from kept.vault.middleware import actor_of

A_PAGE = 20


class Outgoing(ConsolePage):
    """`/console/mail/`: mails that failed or were denied. Nothing of them is opened."""

    place = "mail"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The list, the oldest first."""
        page = Paginator(flows.problems(), A_PAGE).get_page(request.GET.get("page"))
        return self.show("mail.html", page_obj=page, waiting=flows.waiting())

    def post(self, request: HttpRequest) -> HttpResponseRedirectBase:
        """Try one again, or give it up."""
        verbs = {"again": flows.try_again, "given-up": flows.give_up}
        word = request.POST.get("verb", "")
        if word not in verbs:
            raise Http404
        done = word if verbs[word](_id(request.POST.get("mail", ""))) else "before"
        return redirect(f"{reverse('console:mail')}?done={done}")


class _Local(ConsolePage):
    place = "mailbox"

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """There is no such page where mails really leave."""
        if not settings().mailbox:
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class Mailbox(_Local):
    """`/mailbox/`: the mails, the newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """One page of the list."""
        page = Paginator(mailbox.ids(), A_PAGE).get_page(request.GET.get("page"))
        return self.show(
            "mailbox.html", page_obj=page, mails=mailbox.read(page.object_list, actor_of(request))
        )


class LocalMail(_Local):
    """`/mailbox/<id>/`: one mail as plain text."""

    def get(self, request: HttpRequest, id: UUID) -> HttpResponse:
        """The mail."""
        if id not in mailbox.ids():
            raise Http404
        (mail,) = mailbox.read([id], actor_of(request))
        return self.show("local_mail.html", mail=mail)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None

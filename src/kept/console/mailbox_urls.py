"""Addresses under `/mailbox/`."""

from django.urls import path

from kept.console import mails

app_name = "mailbox"
urlpatterns = [
    path("", mails.Mailbox.as_view(), name="list"),
    path("<uuid:id>/", mails.LocalMail.as_view(), name="mail"),
]

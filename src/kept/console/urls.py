"""Addresses under `/console/`."""

from django.urls import path

from kept.console import (
    clockwork,
    consents,
    disclosures,
    inbox,
    letters,
    mails,
    moderate,
    news,
    processing,
    promises,
    quotes,
    requests,
    retention,
    views,
    visits,
)

app_name = "console"
urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("data/", processing.DataMapPage.as_view(), name="data"),
    path("data/record.csv", processing.Record.as_view(), name="record"),
    path("consents/", consents.Consents.as_view(), name="consents"),
    path("retention/", retention.Retention.as_view(), name="retention"),
    path("schedule/", clockwork.Clock.as_view(), name="schedule"),
    path("stopped/", clockwork.Stopped.as_view(), name="stopped"),
    path("promises/", promises.Promises.as_view(), name="promises"),
    path("inbox/", inbox.Inbox.as_view(), name="inbox"),
    path("inbox/<uuid:id>/", inbox.Message.as_view(), name="message"),
    path("quotes/", quotes.Quotes.as_view(), name="quotes"),
    path("quotes/new/", quotes.NewQuote.as_view(), name="new-quote"),
    path("mail/", mails.Outgoing.as_view(), name="mail"),
    path("visits/", visits.Visits.as_view(), name="visits"),
    *disclosures.patterns(),
    *letters.patterns(),
    *news.patterns(),
    *requests.patterns(),
    *moderate.patterns(),
]

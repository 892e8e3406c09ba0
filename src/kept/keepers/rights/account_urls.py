"""The account's page of one's own data, to be included at `/account/`."""

from django.urls import path

from kept.keepers.rights import account_views, record_views

app_name = "account-data"
urlpatterns = [
    path("data/", account_views.OwnData.as_view(), name="data"),
    path("record/", record_views.Record.as_view(), name="record"),
    path("record/receipts.txt", record_views.Receipts.as_view(), name="receipts"),
    path("record/<int:leaf>.receipt", record_views.Receipts.as_view(), name="receipt"),
]

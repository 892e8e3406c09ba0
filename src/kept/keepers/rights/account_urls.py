"""The account's page of one's own data, to be included at `/account/`."""

from django.urls import path

from kept.keepers.rights import account_views

app_name = "account-data"
urlpatterns = [path("data/", account_views.OwnData.as_view(), name="data")]

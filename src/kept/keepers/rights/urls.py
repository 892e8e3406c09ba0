"""Addresses of the public privacy centre, to be included at `/privacy/requests/`."""

from django.urls import path

from kept.keepers.rights import link_views, views

app_name = "rights"
urlpatterns = [
    path("", views.Centre.as_view(), name="requests"),
    path("sent/", views.Sent.as_view(), name="sent"),
    path("stopped/", views.Stopped.as_view(), name="stopped"),
    path("confirm/<str:token>/", link_views.Confirm.as_view(), name="confirm"),
    path("cancel/<str:token>/", link_views.Cancel.as_view(), name="cancel"),
    path("fetch/<str:token>/", link_views.Fetch.as_view(), name="fetch"),
    path("change/<str:token>/", link_views.Change.as_view(), name="change"),
    path("status/<str:token>/", link_views.Status.as_view(), name="status"),
    path("<slug:kind>/", views.Ask.as_view(), name="ask"),
]

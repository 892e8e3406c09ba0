"""Addresses under `/news/`."""

from django.urls import path

from kept.keepers.mailings import views

app_name = "mailings"
urlpatterns = [
    path("", views.Subscribe.as_view(), name="subscribe"),
    path("thanks/", views.Thanks.as_view(), name="thanks"),
    path("confirm/<str:token>/", views.Confirm.as_view(), name="confirm"),
    path("unsubscribe/<str:token>/", views.Unsubscribe.as_view(), name="unsubscribe"),
]

"""Addresses under `/sharing/`: links in mails."""

from django.urls import path

from kept.keepers.sharing import views

app_name = "sharing"
urlpatterns = [path("<str:token>/", views.Answer.as_view(), name="permission")]

"""Addresses under `/account/`."""

from django.urls import path

from kept.keepers.accounts import views

app_name = "account"
urlpatterns = [
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", views.SignOut.as_view(), name="logout"),
    path("password/", views.Password.as_view(), name="password"),
]

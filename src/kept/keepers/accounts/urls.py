"""Addresses under `/account/`."""

from django.urls import path

from kept.keepers.accounts import (
    closing_views,
    factor_views,
    opening_views,
    own_views,
    sharing_views,
    views,
)

app_name = "account"
urlpatterns = [
    path("", own_views.Home.as_view(), name="home"),
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", views.SignOut.as_view(), name="logout"),
    path("password/", views.Password.as_view(), name="password"),
    path("code/", views.Code.as_view(), name="code"),
    path("factor/", factor_views.Factor.as_view(), name="factor"),
    path("register/", opening_views.Register.as_view(), name="register"),
    path("sent/", opening_views.Sent.as_view(), name="sent"),
    path("confirm/<str:token>/", opening_views.Confirm.as_view(), name="confirm"),
    path("reset/", opening_views.Reset.as_view(), name="reset"),
    path("reset/<str:token>/", opening_views.ResetLink.as_view(), name="reset-link"),
    path("profile/", own_views.ProfilePage.as_view(), name="profile"),
    path("preferences/", own_views.Preferences.as_view(), name="preferences"),
    path("choices/", own_views.Choices.as_view(), name="choices"),
    path("sharing/", sharing_views.Sharing.as_view(), name="sharing"),
    path("address/", own_views.Address.as_view(), name="address"),
    path("address/<str:token>/", opening_views.AddressLink.as_view(), name="address-link"),
    path("close/", closing_views.Close.as_view(), name="close"),
    path("sessions/", own_views.Sessions.as_view(), name="sessions"),
]

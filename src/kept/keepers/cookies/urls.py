"""The page of cookies, to be included at `/privacy/cookies/`."""

from django.urls import path

from kept.keepers.cookies import views

app_name = "kept_cookies"
urlpatterns = [path("", views.cookies_page, name="page")]

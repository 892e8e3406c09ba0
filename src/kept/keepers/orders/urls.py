"""Addresses under `/account/` that belong to orders."""

from django.urls import path

from kept.keepers.orders import views

app_name = "orders"
urlpatterns = [path("quotes/", views.Quotes.as_view(), name="quotes")]

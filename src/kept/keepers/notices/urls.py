"""The page of a client about the policy, to be included under `/account/`."""

from django.urls import path

from kept.keepers.notices import views

app_name = "kept_notices"
urlpatterns = [path("policy/", views.PolicyPage.as_view(), name="policy")]

"""The pages of the posted policy, to be included at `/privacy/`."""

from django.urls import path

from kept.promises import views

app_name = "kept_promises"
urlpatterns = [
    path("", views.policy_page, name="policy"),
    path("history/", views.history_page, name="history"),
    path("history/<int:ordinal>/", views.version_page, name="version"),
    path("history/<int:ordinal>/policy.toml", views.version_source, name="source"),
]

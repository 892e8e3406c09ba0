"""The pages of the posted policy, to be included at `/privacy/`."""

from django.urls import path

from kept.promises import evidence_views, record_views, views

app_name = "kept_promises"
urlpatterns = [
    path("", views.policy_page, name="policy"),
    path("evidence/", evidence_views.evidence_page, name="evidence"),
    path("evidence/promises.json", evidence_views.evidence_json, name="evidence-json"),
    path("record/", record_views.record_page, name="record"),
    path("record/checkpoint", record_views.checkpoint, name="record-checkpoint"),
    path("record/key", record_views.key, name="record-key"),
    path("history/", views.history_page, name="history"),
    path("history/<int:ordinal>/", views.version_page, name="version"),
    path("history/<int:ordinal>/policy.toml", views.version_source, name="source"),
    path("history/<int:ordinal>/<str:form>", evidence_views.in_other_words, name="in-other-words"),
]

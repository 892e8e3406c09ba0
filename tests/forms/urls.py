"""A host's own pages: one collection point by clause alone."""

from django.urls import path

from tests.forms.conftest import Ask

urlpatterns = [path("ask/", Ask.as_view())]

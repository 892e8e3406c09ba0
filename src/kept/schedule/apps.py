"""Scheduled jobs as a Django app: their table, and the process that runs them."""

from django.apps import AppConfig


class ScheduleConfig(AppConfig):
    """Label `kept_schedule`."""

    name = "kept.schedule"
    label = "kept_schedule"
    verbose_name = "Scheduled jobs"
    default_auto_field = "django.db.models.BigAutoField"
    kept_parts = {"schedule": "kept.schedule.runner"}

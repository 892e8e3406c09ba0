"""Keepers: one Django app per kind of promise. Each makes its promises true and can show it."""

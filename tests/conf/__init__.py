"""The host project's settings."""

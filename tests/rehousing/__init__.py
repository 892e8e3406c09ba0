"""Moving a site from SQLite to PostgreSQL."""

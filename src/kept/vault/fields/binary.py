"""A cursor of psycopg's that gives rows in binary form. Imported on PostgreSQL only.

Django's cursors put the values into the text of a query themselves and cannot ask for binary rows;
this one puts them in the same way and then asks.
"""

from typing import Any

from psycopg import ClientCursor, Connection, Cursor


class BinaryCursor(Cursor[Any]):
    """For one query that was put together by Django."""

    def execute(self, query: Any, params: Any = None, **more: Any) -> "BinaryCursor":
        """As Django's cursor executes it."""
        connection: Connection[Any] = self.connection
        whole: Any = query if params is None else ClientCursor(connection).mogrify(query, params)
        super().execute(whole.encode() if isinstance(whole, str) else whole, binary=True, **more)
        return self

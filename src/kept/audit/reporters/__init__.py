"""Reporters: the same audit as a page with pictures, as JSON, and as a table in the terminal.

One lifecycle for all: they take a finished audit and return or print; none of them judges.
"""

from kept.audit.reporters.page import page
from kept.audit.reporters.table import table
from kept.audit.reporters.wec import inspection
from kept.audit.reporters.write import write

__all__ = ["inspection", "page", "table", "write"]

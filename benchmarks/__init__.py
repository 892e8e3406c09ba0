"""Performance, measured against a baseline in the same run. One file per row of the table."""

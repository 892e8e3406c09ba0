"""The documentation: built with its links checked, its examples run."""

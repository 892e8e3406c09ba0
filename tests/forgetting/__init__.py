"""One person's whole life here, and that nothing of it is left on any disk after their erasure."""

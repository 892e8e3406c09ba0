"""A third-party app as a shop might install it: it works, and tells somebody else of everybody."""
